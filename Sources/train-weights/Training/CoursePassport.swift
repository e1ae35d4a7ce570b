internal import Files
internal import Foundation

/// All that a course's result, or another file, follows from, in words, so that what was saved is
/// never taken up by another course.
struct CoursePassport: Equatable {
  /// Under which metadata of a safetensors file a result says what it was made from.
  static let originKey = "made_from"

  /// JSON with sorted keys.
  let text: String

  /// The passport of a course.
  ///
  /// - Parameters:
  ///   - settings: everything that the course was given besides its seed.
  ///   - seed: the seed.
  init(_ settings: some Encodable, seed: UInt64) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    text = String(
      decoding: try encoder.encode(Contents(seed: String(seed), settings: settings)),
      as: UTF8.self)
  }

  /// The passport that a file holds.
  init(saved text: String) {
    self.text = text
  }

  /// What `other` has otherwise, such as `settings.steps was 20 and is 30`, sorted.
  func differences(from other: CoursePassport) throws -> [String] {
    let (now, before) = (try leaves(), try other.leaves())
    return Set(now.keys).union(before.keys).sorted().compactMap { key in
      guard now[key] != before[key] else { return nil }
      return "\(key) was \(before[key] ?? "not there") and is \(now[key] ?? "not there")"
    }
  }

  private struct Contents<Settings: Encodable>: Encodable {
    let seed: String
    let settings: Settings
  }

  /// Every value of the text by its place.
  private func leaves() throws -> [String: String] {
    var leaves: [String: String] = [:]
    func collect(_ value: JSONValue, _ path: String) {
      guard case .object(let members) = value else { return leaves[path] = value.text }
      for member in members {
        collect(member.value, path.isEmpty ? member.key : "\(path).\(member.key)")
      }
    }
    collect(try JSONValue(parsing: Data(text.utf8)), "")
    return leaves
  }
}
