internal import Foundation
internal import RunStore

extension ModelFiles {
  /// The files that a run began with; those given now where it begins.
  ///
  /// - Throws: `LedgerError.changed` where others are given to a run that goes on.
  func settled(in ledger: RunLedger) throws -> ModelFiles {
    var files = self
    files.variant = try Self.settled("variant", variant, in: ledger)
    files.tokenizer = try Self.settled(
      "tokenizer", tokenizer.map(ModelFiles.recorded), in: ledger)
    return files
  }

  private static func settled(_ name: String, _ given: String?, in ledger: RunLedger) throws
    -> String?
  {
    let known = try ledger.settledFact(name) { given ?? "" }
    guard given == nil || given == known else {
      throw LedgerError.changed("--\(name)", was: known, is: given ?? "")
    }
    return known.isEmpty ? nil : known
  }
}
