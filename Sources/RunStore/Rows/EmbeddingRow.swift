internal import Foundation
internal import GRDB
package import RAFT

/// A sample's image as a vector.
package struct EmbeddingRow: Sendable, Equatable, Codable {
  /// Which sample.
  package let address: SampleAddress

  /// SHA-256 of the model that made the vector, and of whatever else decides it.
  package let model: String

  /// The vector, `[D]`.
  package let vector: [Float]

  /// The vector of a sample's image under `model`.
  package init(_ address: SampleAddress, model: String, _ vector: [Float]) {
    self.address = address
    self.model = model
    self.vector = vector
  }
}

extension EmbeddingRow: LedgerRow {
  static let table = "embeddings"
  static let key = SampleAddress.columns + ["model"]

  /// - Throws: ``Damage`` where the bytes are no whole number of fp32.
  init(_ row: Row) throws {
    address = try SampleAddress(row)
    model = row["model"]
    let data: Data = row["vector"]
    guard data.count.isMultiple(of: 4) else {
      throw Damage("the embedding of \(address) has \(data.count) bytes, not a multiple of 4")
    }
    vector = data.withUnsafeBytes { bytes in
      stride(from: 0, to: bytes.count, by: 4).map { place in
        let bits = bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self)
        return Float(bitPattern: UInt32(littleEndian: bits))
      }
    }
  }

  var columns: [LedgerColumn] {
    let bits = vector.map { $0.bitPattern.littleEndian }
    return address.columns + [
      ("model", model.databaseValue),
      ("vector", bits.withUnsafeBytes { Data($0) }.databaseValue),
    ]
  }
}
