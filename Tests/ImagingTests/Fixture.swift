import Foundation
import Imaging

/// What scripts/fixtures_imaging.py left beside these tests.
enum Fixture {
  static func url(_ name: String) -> URL {
    Bundle.module.bundleURL.appendingPathComponent("Fixtures").appendingPathComponent(name)
  }

  static func path(_ name: String) -> String { url(name).path }

  static func bytes(_ name: String) throws -> [UInt8] { try Array(Data(contentsOf: url(name))) }

  static func json<T: Decodable>(_ name: String, as type: T.Type = T.self) throws -> T {
    try JSONDecoder().decode(type, from: Data(contentsOf: url(name)))
  }

  /// An image as the fixtures hold it; `Data` is base 64.
  struct Pixels: Decodable {
    let width: Int
    let height: Int
    let pixels: Data

    var image: RGBImage { RGBImage(width: width, height: height, pixels: Array(pixels)) }
  }

  /// Something to look at, different for each seed.
  static func picture(width: Int, height: Int, seed: Int = 0) -> RGBImage {
    var pixels: [UInt8] = []
    for y in 0..<height {
      for x in 0..<width {
        pixels.append(UInt8(truncatingIfNeeded: x * 255 / max(width - 1, 1)))
        pixels.append(UInt8(truncatingIfNeeded: y * 255 / max(height - 1, 1)))
        pixels.append(UInt8(truncatingIfNeeded: (x ^ y) * 5 + seed * 90))
      }
    }
    return RGBImage(width: width, height: height, pixels: pixels)
  }

  /// Runs `body` with a folder that is gone afterwards.
  static func withFolder<T>(_ body: (String) throws -> T) throws -> T {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder.path)
  }

  /// The message of the error that `body` throws.
  static func message(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "no error"
    } catch {
      return "\(error)"
    }
  }
}
