internal import GRDB

/// What rounds did.
extension RunLedger {
  // MARK: Selections

  /// Keeps what a round selected and what it did not, as a whole.
  ///
  /// - Throws: ``LedgerError/conflict(_:column:was:is:)``.
  package func record(selection: RoundSelection) throws {
    try write { database in
      let known = try Self.selection(selection.round, in: database)
      try database.keep(SelectionRule(round: selection.round, rule: selection.rule))
      for row in selection.rows { try database.keep(row) }
      guard let known, known.rows.count != selection.rows.count else { return }
      throw LedgerError.conflict(
        "\(SelectionRow.table) \(selection.round)", column: "number of samples",
        was: String(known.rows.count), is: String(selection.rows.count))
    }
  }

  /// What a round selected and what it did not; nil where it has not selected yet.
  package func selection(_ round: Int) throws -> RoundSelection? {
    try read { try Self.selection(round, in: $0) }
  }

  private static func selection(_ round: Int, in database: Database) throws -> RoundSelection? {
    guard
      let rule = try database.rows(of: SelectionRule.self, "WHERE round = ?", [round]).first?.rule
    else { return nil }
    let rows = try database.rows(of: SelectionRow.self, "WHERE selecting_round = ?", [round])
    return RoundSelection(round: round, rule: rule, rows)
  }

  // MARK: Stages, fine-tuning and numbers

  /// Keeps that a stage of a round is done.
  package func finish(_ stage: RunStage, round: Int) throws {
    try write { try $0.keep(StageRow(round: round, stage: stage)) }
  }

  /// Keeps what a round's fine-tuning left.
  ///
  /// - Throws: ``LedgerError/conflict(_:column:was:is:)``, ``LedgerError/notFinite(_:column:)``.
  package func record(tuning: TuningRow) throws {
    try write { try $0.keep(tuning) }
  }

  /// Keeps numbers of a round by name, beside those that there are. They must be the same in every
  /// run of the same settings: no times. What is not finite is left out, since JSON has no word
  /// for it.
  ///
  /// - Throws: ``LedgerError/conflict(_:column:was:is:)``.
  package func record(metrics: [String: Double], round: Int) throws {
    try write { database in
      for (name, value) in metrics where value.isFinite {
        try database.keep(MetricRow(round: round, name: name, value: value))
      }
    }
  }

  /// How far a round has come.
  package func round(_ round: Int) throws -> RoundRow {
    try rounds("WHERE round = ?", [round]).first ?? RoundRow(round)
  }

  /// All rounds of which something is known, in their order.
  package func rounds() throws -> [RoundRow] { try rounds("", []) }

  private func rounds(_ condition: String, _ arguments: StatementArguments) throws -> [RoundRow] {
    try read { database in
      var rounds: [Int: RoundRow] = [:]
      for row in try database.rows(of: StageRow.self, condition, arguments) {
        rounds[row.round, default: RoundRow(row.round)].stages.insert(row.stage)
      }
      for row in try database.rows(of: TuningRow.self, condition, arguments) {
        rounds[row.round, default: RoundRow(row.round)].tuning = row
      }
      for row in try database.rows(of: MetricRow.self, condition, arguments) {
        rounds[row.round, default: RoundRow(row.round)].metrics[row.name] = row.value
      }
      return rounds.values.sorted { $0.round < $1.round }
    }
  }
}

/// How a round selected.
private struct SelectionRule: LedgerRow {
  static let table = "selections"
  static let key = ["round"]

  let round: Int
  let rule: String

  init(round: Int, rule: String) {
    self.round = round
    self.rule = rule
  }

  init(_ row: Row) {
    self.init(round: row["round"], rule: row["rule"])
  }

  var columns: [LedgerColumn] {
    [("round", round.databaseValue), ("rule", rule.databaseValue)]
  }
}

/// A stage of a round that is done.
private struct StageRow: LedgerRow {
  static let table = "stages"
  static let key = ["round", "stage"]

  let round: Int
  let stage: RunStage

  init(round: Int, stage: RunStage) {
    self.round = round
    self.stage = stage
  }

  init(_ row: Row) throws {
    let name: String = row["stage"]
    guard let stage = RunStage(rawValue: name) else { throw Damage("a round has an unknown stage") }
    self.init(round: row["round"], stage: stage)
  }

  var columns: [LedgerColumn] {
    [("round", round.databaseValue), ("stage", stage.rawValue.databaseValue)]
  }
}

/// A number of a round.
private struct MetricRow: LedgerRow {
  static let table = "metrics"
  static let key = ["round", "name"]

  let round: Int
  let name: String
  let value: Double

  init(round: Int, name: String, value: Double) {
    self.round = round
    self.name = name
    self.value = value
  }

  init(_ row: Row) {
    self.init(round: row["round"], name: row["name"], value: row["value"])
  }

  var columns: [LedgerColumn] {
    [("round", round.databaseValue), ("name", name.databaseValue), ("value", value.databaseValue)]
  }
}
