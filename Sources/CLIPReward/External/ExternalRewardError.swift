internal import Files

/// Why an external reward cannot score at all. What is wrong with one image excludes that image
/// alone and is no error.
public enum ExternalRewardError: Error, Equatable, CustomStringConvertible {
  /// `command:` is not followed by the words of a command line.
  case badCommandLine(String, reason: String)
  /// No program of that name was found.
  case noProgram(String)
  /// The file is there and cannot be executed.
  case notExecutable(String)
  /// The system would not start the program.
  case cannotStart(String, reason: String)
  /// The address is none of a web service.
  case badAddress(String)
  /// Nothing scored any image of a call; `mayPass` tells that trying again later makes sense.
  case failed(reason: String, mayPass: Bool)
  /// The caller asked to stop.
  case stopped

  /// What is wrong, where, and what to do.
  public var description: String {
    switch self {
    case .badCommandLine(let line, let reason):
      "command:\(line.printable) names no program: \(reason)"
    case .noProgram(let name):
      name.contains("/")
        ? "there is no reward program \(name.printable); check the path after command:"
        : "no reward program \(name.printable) was found along PATH; "
          + "write its path after command: (./\(name.printable) if it is here)"
    case .notExecutable(let path):
      "the reward program \(path.printable) may not be executed; chmod +x it, "
        + "or name its interpreter before it (command:python3 \(path.printable))"
    case .cannotStart(let path, let reason):
      "the reward program \(path.printable) cannot be started: \(reason)"
    case .badAddress(let address):
      "\(address.printable) is no address of a reward service; "
        + "write http://host:port/path or https://…"
    case .failed(let reason, _): reason
    case .stopped: "stopped as you asked while a reward was waited for"
    }
  }
}
