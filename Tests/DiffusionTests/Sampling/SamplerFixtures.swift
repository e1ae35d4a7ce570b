import Diffusion
import Foundation
import TestSupport
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
  static let runs: [(run: Run, configuration: Data)] = runs(in: "samplers.json")

  /// The runs of a file, each with its scheduler's configuration as JSON.
  static func runs<Run: Decodable>(in name: String) -> [(run: Run, configuration: Data)] {
    do {
      let data = try Data(contentsOf: file(name))
      let runs = try JSONDecoder().decode([Run].self, from: data)
      let entries = try JSONSerialization.jsonObject(with: data) as? [[String: Any]] ?? []
      return try zip(runs, entries).map { run, entry in
        (run, try JSONSerialization.data(withJSONObject: entry["scheduler"] ?? [:]))
      }
    } catch {
      preconditionFailure("\(name) cannot be read: \(error)")
    }
  }

  static let samplers = TensorFixture(file("samplers.safetensors").path)
  static let schedules = TensorFixture(file("schedules.safetensors").path)

  /// The formula in the network's place: `0.9 · silu(x) + 0.0004 · t − 0.2`.
  static func standIn(_ x: Tensor, _ timestep: Double) throws -> Tensor {
    let shift = 0.0004 * timestep - 0.2
    return try 0.9 * x.silu() + shift
  }

  static func file(_ name: String) -> URL {
    Bundle.module.bundleURL.appending(path: "Fixtures/\(name)")
  }
}
