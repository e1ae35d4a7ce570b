internal import Foundation

/// Files of prompts.
enum PromptFile {
  /// The text of the file at `path`, which `flag` named.
  static func text(_ path: String, flag: String = "--prompts") throws -> String {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw CommandError(
        status: .missingFile, description: "\(path) does not exist; check \(flag)")
    }
    guard !isFolder.boolValue else {
      throw CommandError(
        status: .badInput,
        description: "\(path) is a folder, not a file of prompts; name a file in it")
    }
    // Not read as a model's files are, which must be regular ones: a pipe of prompts is welcome.
    guard let data = FileManager.default.contents(atPath: path) else {
      throw CommandError(
        status: .inputOutput, description: "\(path) cannot be read; check its permissions")
    }
    guard let text = String(data: data, encoding: .utf8) else {
      throw CommandError(
        status: .badInput, description: "\(path) is not UTF-8 text; save the prompts as UTF-8")
    }
    guard !text.contains("\0") else {
      throw CommandError(
        status: .badInput, description: "\(path) holds a NUL character; is it a file of prompts?")
    }
    return String(text.trimmingPrefix("\u{FEFF}"))
  }

  /// The prompts of a text, one a line; `#` begins a comment line.
  static func lines(of text: String, named path: String) throws -> [String] {
    let lines = text.split(whereSeparator: \.isNewline)
      .map { $0.trimmingCharacters(in: .whitespaces) }
      .filter { !$0.isEmpty && !$0.hasPrefix("#") }
    guard !lines.isEmpty else {
      throw CommandError(
        status: .badInput, description: "\(path) holds no prompt; write one a line")
    }
    return lines
  }
}
