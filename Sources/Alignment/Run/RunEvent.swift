package import Reporting

/// What a run tells while it goes on.
package enum RunEvent: Sendable {
  /// A piece of a stage is done.
  case progress(RunProgress)

  /// Something that people should know.
  case note(String)

  /// Something that is wrong but does not end the run.
  case warning(String)

  /// A round is finished; round 0 is the base.
  case round(RunSummary.Round)

  /// A round of the control arm is finished.
  case controlRound(RunSummary.Round)
}

/// How far a stage has come.
package struct RunProgress: Sendable, Equatable {
  /// The round, 0 for the base.
  package let round: Int

  /// What is being done, in words.
  package let what: String

  /// What is counted, such as `image`.
  package let unit: String

  /// How many are done.
  package let done: Int

  /// How many there are.
  package let total: Int
}
