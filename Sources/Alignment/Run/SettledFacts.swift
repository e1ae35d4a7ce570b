package import RunStore
internal import Torch

/// What a run settles when it begins and keeps, since the bytes that it makes hang on it: how much
/// is done at once, by how many threads and by which kernels.
package struct SettledFacts: Sendable, Equatable {
  /// Images sampled at once.
  package let sampleBatch: Int

  /// Images scored at once.
  package let scoreBatch: Int

  /// Steps between two states that a round can go on from.
  package let saveEvery: Int

  /// Processor threads.
  package let threads: Int

  /// What the run began with, else what is given now, which is written down.
  ///
  /// - Parameter sampleBatch: called only where the run begins.
  package init(
    in ledger: RunLedger, sampleBatch: () -> Int, scoreBatch: Int, saveEvery: Int, threads: Int
  ) throws {
    self.sampleBatch = try Self.number("sample_batch", in: ledger, sampleBatch)
    self.scoreBatch = try Self.number("score_batch", in: ledger) { scoreBatch }
    self.saveEvery = try Self.number("save_every", in: ledger) { saveEvery }
    self.threads = try Self.number("threads", in: ledger) { threads }
  }

  /// The same for another run's ledger.
  init(copied facts: SettledFacts, to ledger: RunLedger) throws {
    try self.init(
      in: ledger, sampleBatch: { facts.sampleBatch }, scoreBatch: facts.scoreBatch,
      saveEvery: facts.saveEvery, threads: facts.threads)
  }

  private static func number(_ name: String, in ledger: RunLedger, _ resolve: () -> Int) throws
    -> Int
  {
    let text = try ledger.settledFact(name) { String(resolve()) }
    guard let value = Int(text), value >= 1 else {
      throw LedgerError.damaged(ledger.path, reason: "its fact \(name) is “\(text)”")
    }
    return value
  }

  /// The kernels that this machine and build choose: another processor may round otherwise.
  package static var kernels: String {
    "\(Machine.torchVersion) \(Machine.cpuCapability)"
      + (Machine.hasFastBFloat16 ? " with bf16 arithmetic" : "")
  }
}
