/// All that a round selected and did not, as a whole.
package struct RoundSelection: Sendable, Equatable, Codable {
  /// The round, counted from 1.
  package let round: Int

  /// The rule that selected, in one spelling.
  package let rule: String

  /// What became of each sample, in the order of their addresses.
  package let rows: [SelectionRow]

  /// What `rule` selected in a round from the samples of `rows`, in any order.
  package init(round: Int, rule: String, _ rows: [SelectionRow]) {
    self.round = round
    self.rule = rule
    self.rows = rows.sorted { $0.address < $1.address }
  }

  /// What was selected, the first rank first.
  package var selected: [SelectionRow] {
    rows.filter { $0.rank != nil }.sorted { ($0.rank ?? 0) < ($1.rank ?? 0) }
  }
}
