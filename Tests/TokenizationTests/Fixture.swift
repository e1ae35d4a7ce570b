import Foundation
import Tokenization

/// What scripts/fixtures_tokenization.py recorded from transformers.
struct Fixture: Decodable {
  struct Case: Decodable {
    let text: String
    let ids: [Int]
    let decoded: String
    let plain: String
  }

  struct Prompt: Decodable {
    let text: String
    let ids: [Int]
    let rest: String?
  }

  let bos: Int
  let eos: Int
  let pad: Int
  let count: Int
  let cases: [Case]
  let prompts: [Prompt]

  static func path(_ name: String) -> String {
    Bundle.module.bundleURL.appendingPathComponent("Fixtures/\(name)").path
  }

  init(_ name: String) throws {
    let data = try Data(contentsOf: URL(fileURLWithPath: Self.path("\(name).json")))
    self = try JSONDecoder().decode(Self.self, from: data)
  }
}

/// The published vocabulary, which the repository does not hold; scripts/setup fetches it.
///
/// CLIP_VOCABULARY names another place.
enum PublishedVocabulary {
  static let path =
    ProcessInfo.processInfo.environment["CLIP_VOCABULARY"]
    ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path + "/.deps/clip/\(CLIPTokenizer.publishedFileName)"

  static let isPresent = FileManager.default.fileExists(atPath: path)
}

/// A folder that exists while `body` runs.
func withFolder<Result>(
  _ files: [String: String], _ body: (_ folder: String) throws -> Result
) throws -> Result {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer {
    do { try FileManager.default.removeItem(at: folder) } catch {}
  }
  for (name, content) in files {
    try Data(content.utf8).write(to: folder.appendingPathComponent(name))
  }
  return try body(folder.path)
}

/// Scalars as they are: Swift's `==` takes canonically equivalent strings for equal.
func scalars(_ text: String) -> [UInt32] {
  text.unicodeScalars.map(\.value)
}
