/// Why a configuration cannot be used. Where the file itself is the matter it is a ``FileError``.
public enum ConfigurationError: Error, Equatable, CustomStringConvertible {
  /// The file is not JSON; `line` counts from 1.
  case malformed(file: String, line: Int, reason: String)
  /// The file is JSON, but another value than an object.
  case notAnObject(file: String)
  /// A key that must be there is not.
  case missingKey(String, file: String)
  /// A key has a value that makes no sense.
  case wrongValue(String, key: String, file: String, expected: String)
  /// A key has a value that makes sense and is none of those that are implemented.
  case unsupported(String, key: String, file: String, accepted: String)
  /// A key asks for what is not done here.
  case refused(String, key: String, file: String, reason: String)

  /// What is wrong, where, and what would do.
  public var description: String {
    switch self {
    case .malformed(let file, let line, let reason):
      "\(file) is not valid JSON: line \(line): \(reason); is the download complete?"
    case .notAnObject(let file):
      "\(file) is not a JSON object of keys and values; is it a configuration?"
    case .missingKey(let key, let file):
      "\(file) has no key “\(key)”; is it the configuration of another kind of model?"
    case .wrongValue(let value, let key, let file, let expected):
      "\(file): “\(key)” is \(value), which should be \(expected)"
    case .unsupported(let value, let key, let file, let accepted):
      "\(file): “\(key)” is \(value), which is not supported; accepted: \(accepted)"
    case .refused(let value, let key, let file, let reason):
      "\(file): “\(key)” is \(value), which is not supported: \(reason)"
    }
  }
}
