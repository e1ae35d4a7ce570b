internal import GRDB

/// What a reward's scores depend on, by its fingerprint.
package struct PassportRow: Sendable, Equatable, Codable {
  /// What stands for it.
  package let fingerprint: String

  /// The passport itself, as a JSON object in one spelling.
  package let content: String

  /// The passport of `content`.
  package init(fingerprint: String, content: String) {
    self.fingerprint = fingerprint
    self.content = content
  }
}

extension PassportRow: LedgerRow {
  static let table = "passports"
  static let key = ["fingerprint"]

  init(_ row: Row) throws {
    fingerprint = row["fingerprint"]
    content = row["content"]
  }

  var columns: [LedgerColumn] {
    [("fingerprint", fingerprint.databaseValue), ("content", content.databaseValue)]
  }
}
