/// Why a ledger cannot be used, or does not take a row.
public enum LedgerError: Error, Equatable, CustomStringConvertible {
  /// Something is not what the run began with.
  case changed(_ what: String, was: String, is: String)
  /// A row is there that tells something else of the same thing.
  case conflict(_ row: String, column: String, was: String, is: String)
  /// A number that is none.
  case notFinite(_ row: String, column: String)
  /// A ledger of a later version of this program; both versions.
  case newer(String, version: Int, known: Int)
  /// Another program's file.
  case foreign(String)
  /// The file is damaged.
  case damaged(String, reason: String)
  /// There is no such file.
  case missing(String)
  /// Another process keeps it locked.
  case busy(String)
  /// The file cannot be read or written.
  case unusable(String, reason: String)

  /// What is wrong, where, and what to do.
  public var description: String {
    switch self {
    case .changed(let what, let was, let new):
      "\(what) changed since the run began: it was \(was) and is \(new); "
        + "bring back what it was, or begin another run with another --out"
    case .conflict(let row, let column, let was, let new):
      "the run has \(row) with the \(column) \(was), and now it came out as \(new); nothing was "
        + "replaced. Was it begun on another machine, or by another version? Begin another run"
    case .notFinite(let row, let column): "\(row) has a \(column) that is not a finite number"
    case .newer(let file, let version, let known):
      "\(file) is of version \(version), and this program knows version \(known) at most; "
        + "use the newer raft-diffuse that wrote it"
    case .foreign(let file):
      "\(file) is another program's database, not a run's ledger; choose another --out"
    case .damaged(let file, let reason):
      "\(file) is damaged (\(reason)); put a copy of it back, or begin another run. "
        + "The run's images and checkpoints are as they were"
    case .missing(let file): "\(file) does not exist; check the path"
    case .busy(let file): "\(file) is kept locked by another process; try again when it has ended"
    case .unusable(let file, let reason): "\(file) cannot be used: \(reason)"
    }
  }
}
