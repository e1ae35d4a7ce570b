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

/// Why a file of prompts cannot be used.
public enum PromptFileError: Error, Equatable, CustomStringConvertible {
  /// There is nothing at that path, which `source` named.
  case missing(String, source: String)
  /// There is a folder.
  case folder(String)
  /// The system does not let it be read.
  case unreadable(String)
  /// It is not UTF-8.
  case notText(String)
  /// It is UTF-8 of a kind that no text is.
  case binary(String)
  /// It has comments and empty lines at most.
  case empty(String)

  /// What is wrong, where, and what to do.
  public var description: String {
    switch self {
    case .missing(let path, let source): "\(path) does not exist; check \(source)"
    case .folder(let path): "\(path) is a folder, not a file of prompts; name a file in it"
    case .unreadable(let path): "\(path) cannot be read; check its permissions"
    case .notText(let path): "\(path) is not UTF-8 text; save the prompts as UTF-8"
    case .binary(let path): "\(path) holds a NUL character; is it a file of prompts?"
    case .empty(let path): "\(path) holds no prompt; write one a line"
    }
  }
}
