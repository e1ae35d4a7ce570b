internal import GRDB
package import RAFT

/// What a sample is made from: with the model, everything that decides what it looks like.
package struct SampleFacts: Sendable, Equatable, Codable {
  /// The adapter digest of a sample of the model alone.
  package static let base = "base"

  /// Which sample it is.
  package let address: SampleAddress

  /// The prompt's text.
  package let prompt: String

  /// Where its noise comes from, below 2³².
  package let seed: UInt64

  /// The sampler and its settings, in one spelling.
  package let sampler: String

  /// The image's width in pixels.
  package let width: Int

  /// The image's height in pixels.
  package let height: Int

  /// SHA-256 of the adapter that was in the model; ``base`` for none.
  package let adapter: String

  /// A sample of `prompt` from the noise of `seed`.
  package init(
    _ address: SampleAddress, prompt: String, seed: UInt64, sampler: String, width: Int,
    height: Int, adapter: String = Self.base
  ) {
    self.address = address
    self.prompt = prompt
    self.seed = seed
    self.sampler = sampler
    self.width = width
    self.height = height
    self.adapter = adapter
  }
}

extension SampleFacts {
  /// The facts in the columns of `row`.
  init(_ row: Row) throws {
    self.init(
      try SampleAddress(row), prompt: row["text"], seed: UInt64(bitPattern: row["seed"]),
      sampler: row["sampler"], width: row["width"], height: row["height"], adapter: row["adapter"])
  }

  /// What their columns hold.
  var columns: [LedgerColumn] {
    address.columns + [
      ("text", prompt.databaseValue),
      ("seed", Int64(bitPattern: seed).databaseValue),
      ("sampler", sampler.databaseValue),
      ("width", width.databaseValue),
      ("height", height.databaseValue),
      ("adapter", adapter.databaseValue),
    ]
  }
}
