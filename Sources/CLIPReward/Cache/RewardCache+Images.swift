internal import Foundation
internal import GRDB

extension RewardCache {
  /// What is known of images, by `RewardInput.cacheKey`.
  func facts(of keys: [String]) throws -> [String: ImageFacts] {
    try read(or: [:]) { database in
      let statement = try database.cachedStatement(sql: "SELECT facts FROM images WHERE digest = ?")
      var found: [String: ImageFacts] = [:]
      for key in keys {
        guard let text = try String.fetchOne(statement, arguments: [key]) else { continue }
        // What cannot be read is computed again.
        found[key] = try? JSONDecoder().decode(ImageFacts.self, from: Data(text.utf8))
      }
      return found
    }
  }

  /// Keeps what is known of images, by `RewardInput.cacheKey`.
  func store(facts: [String: ImageFacts]) throws {
    try write { database in
      let statement = try database.cachedStatement(
        sql: "INSERT OR REPLACE INTO images (digest, facts) VALUES (?, ?)")
      for (key, value) in facts {
        let text = String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
        try statement.execute(arguments: [key, text])
      }
    }
  }

  /// The prompts that image files tell, by their digests; nil inside where a file tells none.
  func prompts(of digests: [String]) throws -> [String: String?] {
    try read(or: [:]) { database in
      let statement = try database.cachedStatement(
        sql: "SELECT prompt FROM prompts WHERE digest = ?")
      var found: [String: String?] = [:]
      for digest in digests {
        guard let row = try Row.fetchOne(statement, arguments: [digest]) else { continue }
        found.updateValue(row["prompt"], forKey: digest)
      }
      return found
    }
  }

  /// Keeps the prompts that image files tell.
  func store(prompts: [String: String?]) throws {
    try write { database in
      let statement = try database.cachedStatement(
        sql: "INSERT OR REPLACE INTO prompts (digest, prompt) VALUES (?, ?)")
      for (digest, prompt) in prompts { try statement.execute(arguments: [digest, prompt]) }
    }
  }
}
