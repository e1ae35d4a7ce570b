internal import GRDB
package import RAFT

/// What a round's fine-tuning left.
package struct TuningRow: Sendable, Equatable, Codable {
  /// The round, counted from 1.
  package let round: Int

  /// SHA-256 of the adapter that it ended with.
  package let adapter: String

  /// The checkpoint's folder, relative to the run.
  package let checkpoint: String

  /// What it did.
  package let report: TuningReport

  /// The fine-tuning of a round.
  package init(round: Int, adapter: String, checkpoint: String, _ report: TuningReport) {
    self.round = round
    self.adapter = adapter
    self.checkpoint = checkpoint
    self.report = report
  }
}

extension TuningRow: LedgerRow {
  static let table = "tunings"
  static let key = ["round"]

  init(_ row: Row) throws {
    round = row["round"]
    adapter = row["adapter"]
    checkpoint = row["checkpoint"]
    report = TuningReport(
      steps: row["steps"], meanLoss: row["mean_loss"], lastLoss: row["last_loss"])
  }

  var columns: [LedgerColumn] {
    [
      ("round", round.databaseValue),
      ("adapter", adapter.databaseValue),
      ("checkpoint", checkpoint.databaseValue),
      ("steps", report.steps.databaseValue),
      ("mean_loss", report.meanLoss.databaseValue),
      ("last_loss", report.lastLoss.databaseValue),
    ]
  }
}
