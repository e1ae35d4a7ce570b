internal import GRDB
package import RAFT

/// How far the model had moved from its base at a sample: d of reward − β·d.
package struct DivergenceRow: Sendable, Equatable, Codable {
  /// Which sample.
  package let address: SampleAddress

  /// SHA-256 of the adapter that had moved it.
  package let adapter: String

  /// d, signed.
  package let value: Double

  /// The divergence of `adapter` at a sample.
  package init(_ address: SampleAddress, adapter: String, _ value: Double) {
    self.address = address
    self.adapter = adapter
    self.value = value
  }
}

extension DivergenceRow: LedgerRow {
  static let table = "divergences"
  static let key = SampleAddress.columns + ["adapter"]

  init(_ row: Row) throws {
    address = try SampleAddress(row)
    adapter = row["adapter"]
    value = row["value"]
  }

  var columns: [LedgerColumn] {
    address.columns + [("adapter", adapter.databaseValue), ("value", value.databaseValue)]
  }
}
