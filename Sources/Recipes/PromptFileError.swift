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
