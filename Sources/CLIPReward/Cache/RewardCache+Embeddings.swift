internal import Foundation
internal import GRDB

extension RewardCache {
  /// The stored vectors of `subjects` under a model's digest, by subject.
  ///
  /// What is not a unit vector of `width` numbers is passed over, as if it were not there.
  func embeddings(of subjects: [String], by model: String, width: Int) throws -> [String: [Float]] {
    try read(or: [:]) { database in
      let statement = try database.cachedStatement(
        sql: "SELECT vector FROM embeddings WHERE subject = ? AND model = ?")
      var found: [String: [Float]] = [:]
      for subject in subjects {
        guard let data = try Data.fetchOne(statement, arguments: [subject, model]),
          let vector = Self.vector(data, width: width)
        else { continue }
        found[subject] = vector
      }
      return found
    }
  }

  /// Keeps L2-normalised vectors, by subject.
  func store(embeddings: [String: [Float]], by model: String) throws {
    try write { database in
      let statement = try database.cachedStatement(
        sql: "INSERT OR REPLACE INTO embeddings (subject, model, vector) VALUES (?, ?, ?)")
      for (subject, vector) in embeddings {
        let data = vector.withUnsafeBytes { Data($0) }
        try statement.execute(arguments: [subject, model, data])
      }
    }
  }

  /// The vector in `data`, little-endian fp32; nil where it is none of `width` and length 1.
  private static func vector(_ data: Data, width: Int) -> [Float]? {
    guard data.count == 4 * width else { return nil }
    let vector = data.withUnsafeBytes { bytes in
      (0..<width).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
    }
    let square = vector.reduce(0.0) { $0 + Double($1) * Double($1) }
    // Vectors are normalised in the model's precision, of which bf16 is the coarsest.
    return abs(square - 1) < 0.02 ? vector : nil
  }
}
