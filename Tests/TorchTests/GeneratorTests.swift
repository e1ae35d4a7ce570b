import Foundation
import TestSupport
import Testing
import Torch

/// Draws against torch's own; Fixtures/README.md says what random.json is.
struct GeneratorTests {
  struct Draw: Decodable, Sendable {
    let kind: String
    let shape: [Int]
    let low: Int?
    let high: Int?
    let bits: String?
    let values: [Int]?
  }

  struct Run: Decodable, Sendable, CustomStringConvertible {
    let seed: UInt64
    let draws: [Draw]

    var description: String {
      "seed \(seed): " + draws.map { "\($0.kind) \($0.shape)" }.joined(separator: ", ")
    }
  }

  static let runs: [Run] = {
    let file = Bundle.module.bundleURL.appending(path: "Fixtures/random.json")
    do {
      return try JSONDecoder().decode([Run].self, from: Data(contentsOf: file))
    } catch {
      preconditionFailure("\(file.path) cannot be read: \(error)")
    }
  }()

  @Test("draws are torch's own, bit for bit", arguments: runs)
  func run(_ run: Run) throws {
    let generator = try Generator(seed: run.seed)
    for draw in run.draws {
      let found = try Self.draw(draw, from: generator)
      #expect(found.shape == draw.shape)
      if let bits = draw.bits {
        #expect(found.dtype == .float32)
        expectSame(try found.floats(), Self.floats(bits))
      }
      if let values = draw.values {
        #expect(found.dtype == .int64)
        #expect(try found.integers() == values)
      }
    }
  }

  /// The values that torch publishes, of the first elements of one image's latents.
  @Test(
    "the initial noise of an image begins as everywhere",
    arguments: zip(
      [0, 42] as [UInt64],
      [
        [-1.12584, -1.15236, -0.250579, -0.433879, 0.84871],
        [1.926915, 1.487284, 0.900717, -2.105521, 0.678418],
      ] as [[Float]]))
  func published(seed: UInt64, expected: [Float]) throws {
    let found = try Generator(seed: seed).normal([4, 32, 32]).floats()
    for (value, published) in zip(found, expected) {
      #expect(abs(value - published) < 1e-6)
    }
  }

  @Test("torch uses the low 32 bits of a seed")
  func lowBits() throws {
    let seeds: [UInt64] = [7, 7 + (1 << 32), 7 + (3 << 40)]
    let draws = try seeds.map { try Generator(seed: $0).normal([40]).floats() }
    #expect(draws[1] == draws[0])
    #expect(draws[2] == draws[0])
  }

  @Test("two generators do not disturb each other")
  func independent() throws {
    let (a, b) = try (Generator(seed: 1), Generator(seed: 1))
    let first = try a.normal([20]).floats()
    _ = try Generator(seed: 2).normal([20])
    #expect(try b.normal([20]).floats() == first)
    #expect(try a.normal([20]).floats() != first)
  }

  @Test("integers from an empty range are refused")
  func emptyRange() throws {
    let text = message { try Generator(seed: 0).integers(3..<3, [2]) }
    #expect(text.hasPrefix("randint [2] cannot be done on no tensor: "))
  }

  private static func draw(_ draw: Draw, from generator: Generator) throws -> Tensor {
    switch draw.kind {
    case "normal": return try generator.normal(draw.shape)
    case "uniform": return try generator.uniform(draw.shape)
    case "permutation": return try generator.permutation(draw.shape[0])
    default:
      let (low, high) = (try #require(draw.low), try #require(draw.high))
      return try generator.integers(low..<high, draw.shape)
    }
  }

  private static func floats(_ bits: String) -> [Float] {
    let digits = Array(bits.utf8)
    return stride(from: 0, to: digits.count, by: 8).compactMap { start in
      UInt32(String(decoding: digits[start..<start + 8], as: UTF8.self), radix: 16)
        .map(Float.init(bitPattern:))
    }
  }

  /// libtorch's plain kernels, for processors without AVX2, round some normal draws otherwise.
  private func expectSame(_ found: [Float], _ expected: [Float]) {
    #expect(found.count == expected.count)
    if Machine.cpuCapability == "DEFAULT" {
      #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-5 })
    } else {
      #expect(found.map(\.bitPattern) == expected.map(\.bitPattern))
    }
  }
}
