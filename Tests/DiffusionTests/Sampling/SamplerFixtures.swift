import Diffusion
import Foundation
import Torch

/// What scripts/fixtures_samplers.py wrote; the README beside the files says how.
enum SamplerFixtures {
  /// One whole run of a diffusers scheduler.
  struct Run: Decodable, CustomStringConvertible, Sendable {
    let name: String
    let sampler: String
    let eta: Double
    let steps: Int
    let calls: Int
    let draws: Int
    let initialDeviation: Double

    var description: String { "\(name) \(sampler), \(steps) steps" }
  }

  /// The runs with their schedulers' configurations as JSON.
  static let runs: [(run: Run, configuration: Data)] = {
    do {
      let data = try Data(contentsOf: file("samplers.json"))
      let runs = try JSONDecoder().decode([Run].self, from: data)
      let entries = try JSONSerialization.jsonObject(with: data) as? [[String: Any]] ?? []
      return try zip(runs, entries).map { run, entry in
        (run, try JSONSerialization.data(withJSONObject: entry["scheduler"] ?? [:]))
      }
    } catch {
      preconditionFailure("samplers.json cannot be read: \(error)")
    }
  }()

  static let samplers = SafetensorsFile(file("samplers.safetensors"))
  static let schedules = SafetensorsFile(file("schedules.safetensors"))

  /// The formula in the network's place: `0.9 · silu(x) + 0.0004 · t − 0.2`.
  static func standIn(_ x: Tensor, _ timestep: Double) throws -> Tensor {
    let shift = 0.0004 * timestep - 0.2
    return try 0.9 * x.silu() + shift
  }

  static func file(_ name: String) -> URL {
    Bundle.module.bundleURL.appending(path: "Fixtures/\(name)")
  }
}

/// The tensors of a small safetensors file, all of type F32.
struct SafetensorsFile: Sendable {
  private struct Entry: Decodable, Sendable {
    let shape: [Int]
    let offsets: [Int]

    enum CodingKeys: String, CodingKey {
      case shape
      case offsets = "data_offsets"
    }
  }

  private enum Item: Decodable, Sendable {
    case tensor(Entry)
    case metadata

    init(from decoder: any Decoder) throws {
      self = (try? Entry(from: decoder)).map { .tensor($0) } ?? .metadata
    }
  }

  struct Missing: Error {
    let name: String
  }

  private let items: [String: Item]
  private let bytes: Data

  init(_ file: URL) {
    do {
      let data = try Data(contentsOf: file)
      let length = data.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
      items = try JSONDecoder().decode([String: Item].self, from: data[8..<8 + length])
      bytes = Data(data[(8 + length)...])
    } catch {
      preconditionFailure("\(file.path) cannot be read: \(error)")
    }
  }

  var names: [String] { items.keys.sorted() }

  func floats(_ name: String) throws -> [Float] { try read(name).values }

  func tensor(_ name: String) throws -> Tensor {
    let (values, shape) = try read(name)
    return try Tensor(values, shape: shape)
  }

  private func read(_ name: String) throws -> (values: [Float], shape: [Int]) {
    guard case .tensor(let entry)? = items[name] else { throw Missing(name: name) }
    let slice = bytes[entry.offsets[0]..<entry.offsets[1]]
    let values = slice.withUnsafeBytes { buffer in
      stride(from: 0, to: buffer.count, by: 4).map {
        buffer.loadUnaligned(fromByteOffset: $0, as: Float.self)
      }
    }
    return (values, entry.shape)
  }
}

/// The root mean square of the difference over that of the reference.
func relativeError(_ found: Tensor, _ expected: Tensor) throws -> Double {
  let difference = try found - expected
  return try difference.norm().item() / max(expected.norm().item(), 1e-30)
}

/// The same for plain numbers.
func relativeError(_ found: [Double], _ expected: [Float]) -> Double {
  guard found.count == expected.count else { return .infinity }
  let squares = zip(found, expected).map { ($0 - Double($1)) * ($0 - Double($1)) }
  let scale = expected.map { Double($0) * Double($0) }.reduce(0, +)
  return (squares.reduce(0, +) / max(scale, 1e-30)).squareRoot()
}
