internal import GRDB
package import RAFT

/// A sample as the ledger knows it.
package struct SampleRow: Sendable, Equatable, Codable {
  /// Where a sample's latents are.
  package struct Latents: Sendable, Equatable, Codable {
    /// The batch's file: one tensor `latents`, `[B, 4, H, W]`.
    package let file: StoredFile

    /// The sample's place in `B`.
    package let row: Int

    /// The latents at `row` of `file`.
    package init(file: StoredFile, row: Int) {
      self.file = file
      self.row = row
    }
  }

  /// What came of it.
  package enum Outcome: Sendable, Equatable, Codable {
    /// An image, and its latents where they are kept.
    case made(image: StoredFile, latents: Latents?)
    /// None, for the reason given.
    case failed(String)
  }

  /// What it was made from.
  package let facts: SampleFacts

  /// The batch that it was made in, counted in its split and round.
  package let batch: Int

  /// What came of it.
  package let outcome: Outcome

  /// The sample of `facts`.
  package init(_ facts: SampleFacts, batch: Int, _ outcome: Outcome) {
    self.facts = facts
    self.batch = batch
    self.outcome = outcome
  }

  /// Which sample it is.
  package var address: SampleAddress { facts.address }

  /// Its image.
  package var image: StoredFile? {
    if case .made(let image, _) = outcome { image } else { nil }
  }

  /// Its latents.
  package var latents: Latents? {
    if case .made(_, let latents) = outcome { latents } else { nil }
  }

  /// Why there is no image.
  package var failure: String? {
    if case .failed(let reason) = outcome { reason } else { nil }
  }
}

extension SampleRow: LedgerRow {
  static let table = "samples"
  static let key = SampleAddress.columns

  init(_ row: Row) throws {
    facts = try SampleFacts(row)
    batch = row["batch"]
    if let reason: String = row["failure"] {
      outcome = .failed(reason)
      return
    }
    let image = StoredFile(path: row["image"], digest: row["image_digest"])
    let latents = (row["latents"] as String?).map {
      Latents(file: StoredFile(path: $0, digest: row["latents_digest"]), row: row["latents_row"])
    }
    outcome = .made(image: image, latents: latents)
  }

  var columns: [LedgerColumn] {
    facts.columns + [
      ("batch", batch.databaseValue),
      ("image", image?.path.databaseValue ?? .null),
      ("image_digest", image?.digest.databaseValue ?? .null),
      ("latents", latents?.file.path.databaseValue ?? .null),
      ("latents_digest", latents?.file.digest.databaseValue ?? .null),
      ("latents_row", latents?.row.databaseValue ?? .null),
      ("failure", failure.databaseValue),
    ]
  }
}
