/// Why a run's folder cannot be used, or what in it is not as the run left it.
public enum RunStoreError: Error, Equatable, CustomStringConvertible {
  /// A run was to begin where there is one.
  case exists(String)
  /// A run was to begin in a folder of other things.
  case notEmpty(String)
  /// There is a file where the run's folder should be.
  case notAFolder(String)
  /// A run was to go on where there is none.
  case noRun(String)
  /// Another process works in the run; its id where it is known.
  case inUse(String, process: Int?)
  /// The folder cannot be made or written to.
  case unwritable(String, reason: String)
  /// A file that the run wrote is gone.
  case fileMissing(String)
  /// A file that the run wrote has other bytes.
  case fileChanged(String)
  /// A checkpoint's list of digests cannot be read, at the line given.
  case checksums(String, line: Int)

  /// What is wrong, where, and what to do.
  public var description: String {
    switch self {
    case .exists(let folder):
      "\(folder) holds a run already; go on with it by --resume, or choose another --out"
    case .notEmpty(let folder):
      "\(folder) is not empty, and what is in it is no run; choose another --out"
    case .notAFolder(let path): "\(path) is a file, not a folder; choose another --out"
    case .noRun(let folder):
      "\(folder) holds no run (there is no \(RunPaths.recipeName) in it); check the path"
    case .inUse(let folder, let process):
      "another process\(process.map { " (\($0))" } ?? "") works in the run \(folder); "
        + "wait for it, or stop it"
    case .unwritable(let folder, let reason): "\(folder) cannot be written to: \(reason)"
    case .fileMissing(let file):
      "\(file) is gone, and the run goes by it; put it back, or begin another run"
    case .fileChanged(let file):
      "\(file) is not as the run left it (its SHA-256 is another); put the file back, "
        + "or begin another run"
    case .checksums(let file, let line):
      "\(file) is damaged: line \(line) is not a SHA-256 and a name; put the file back, "
        + "or begin another run"
    }
  }
}
