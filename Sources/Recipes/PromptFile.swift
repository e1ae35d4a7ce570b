internal import Foundation

/// Files of prompts.
package enum PromptFile {
  /// The text of the file at `path`.
  ///
  /// - Parameter source: what named the file, for messages.
  /// - Throws: ``PromptFileError``.
  package static func text(_ path: String, namedBy source: String = "--prompts") throws -> String {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw PromptFileError.missing(path, source: source)
    }
    guard !isFolder.boolValue else { throw PromptFileError.folder(path) }
    // Not read as a model's files are, which must be regular ones: a pipe of prompts is welcome.
    guard let data = FileManager.default.contents(atPath: path) else {
      throw PromptFileError.unreadable(path)
    }
    guard let text = String(data: data, encoding: .utf8) else {
      throw PromptFileError.notText(path)
    }
    guard !text.contains("\0") else { throw PromptFileError.binary(path) }
    return String(text.trimmingPrefix("\u{FEFF}"))
  }

  /// The prompts of a text, one a line; `#` begins a comment line.
  ///
  /// - Throws: ``PromptFileError/empty(_:)``.
  package static func lines(of text: String, named path: String) throws -> [String] {
    let lines = text.split(whereSeparator: \.isNewline)
      .map { $0.trimmingCharacters(in: .whitespaces) }
      .filter { !$0.isEmpty && !$0.hasPrefix("#") }
    guard !lines.isEmpty else { throw PromptFileError.empty(path) }
    return lines
  }
}
