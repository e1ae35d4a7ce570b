import Diffusion
import LoRA
import NN
import Policies
import RAFT
import TestSupport
import Torch

/// Policies over the command's tiny model, at 64 × 64 pixels.
enum PolicyFixture {
  static let plan = AdapterPlan(layers: [.attention, .textAttention], rank: 2)

  static func settings(_ change: (inout DiffusionPolicy.Settings) -> Void = { _ in })
    -> DiffusionPolicy.Settings
  {
    var settings = DiffusionPolicy.Settings()
    (settings.width, settings.height) = (64, 64)
    settings.collecting = SamplerSettings(kind: .ddim, steps: 2, guidance: 3, eta: 0.5)
    settings.tuning.steps = 4
    settings.tuning.batch = 2
    settings.tuning.learningRate = 1e-2
    change(&settings)
    return settings
  }

  static func policy(
    _ settings: DiffusionPolicy.Settings = settings(), plan: AdapterPlan = plan, seed: UInt64 = 5,
    model: StableDiffusion? = nil
  ) throws -> DiffusionPolicy {
    try DiffusionPolicy(
      model ?? TinyModel.load(), plan: plan, settings: settings, seeds: RunSeeds(run: seed))
  }

  static func requests(_ count: Int, round: Int = 1) -> [SampleRequest<String>] {
    (0..<count).map { index in
      let address = SampleAddress(round: round, prompt: index % 3, index: index / 3)
      return SampleRequest(
        address: address, prompt: ["a fox", "snow on a hill", ""][index % 3],
        seed: RunSeeds(run: 5).seed(of: address))
    }
  }

  /// Examples whose latents are noise: as good as any to learn from.
  static func examples(_ count: Int, _ policy: DiffusionPolicy, seed: UInt64 = 1) throws
    -> [Candidate<String, DiffusionSample>]
  {
    let generator = try Generator(seed: seed)
    return try requests(count).map {
      Candidate($0, policy.sample(try generator.normal([4, 8, 8])))
    }
  }

  static func factors(_ weights: AdapterWeights) throws -> Tensor {
    try .concatenated(
      weights.layers.sorted { $0.key < $1.key }.flatMap {
        [try $0.value.down.reshaped([-1]), try $0.value.up.reshaped([-1])]
      })
  }

  static func areEqual(_ a: [String: Tensor], _ b: [String: Tensor]) throws -> Bool {
    guard a.keys == b.keys else { return false }
    return try a.allSatisfy { name, tensor in
      guard let other = b[name] else { return false }
      return tensor.dtype == other.dtype ? try tensor.isEqual(to: other) : false
    }
  }
}

/// Stops a round on purpose.
struct Stop: Error {}
