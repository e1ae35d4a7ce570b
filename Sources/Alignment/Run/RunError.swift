package import RunStore

/// Why a run ends before its end.
package enum RunError: Error, Equatable, CustomStringConvertible {
  /// The user asked to stop; all that was finished is kept.
  case interrupted(String)

  /// The stage that was asked for is done.
  case stageFinished(RunStage, round: Int)

  /// A checkpoint is not what was written.
  case damagedCheckpoint(String, reason: String)

  /// The file of a run's times cannot be read.
  case damagedTimes(String)

  /// Samples are to come from a folder, which has too few of them.
  case samples(String)

  /// The settings ask for what the model or the machine cannot do.
  case setting(String)

  /// What is wrong, where, and what to do.
  package var description: String {
    switch self {
    case .interrupted(let what): "stopped as you asked \(what); go on with --resume"
    case .stageFinished(let stage, let round):
      "stopped after the stage “\(stage.rawValue)” of round \(round), as --stop-after asks; go on with --resume"
    case .damagedCheckpoint(let path, let reason):
      "\(path) is not the checkpoint that was written: \(reason); put back a copy of it, or begin a new run"
    case .damagedTimes(let path):
      "\(path) is damaged; remove it: the run goes on without the times so far"
    case .samples(let text), .setting(let text): text
    }
  }
}
