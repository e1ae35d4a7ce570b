import Diffusion
import Foundation
import TestSupport
import Testing
import Torch

/// Whole runs of a UNet against StableDiffusionPipeline, with and without guidance.
struct GuidedRunTests {
  struct Run: Decodable, CustomStringConvertible, Sendable {
    let name: String
    let sampler: String
    let eta: Double
    let guidance: Double
    let steps: Int

    var description: String { "\(name) \(sampler), eta \(eta), guidance \(guidance)" }
  }

  static let runs: [(run: Run, configuration: Data)] = SamplerFixtures.runs(in: "guided.json")
  static let tensors = TensorFixture(SamplerFixtures.file("guided.safetensors").path)

  /// The limit is 1e-3; a network in the loop keeps what its own rounding leaves.
  static let tolerance = 1e-5

  @Test("a run of a UNet is the pipeline's", arguments: runs.indices)
  func run(_ index: Int) throws {
    let (run, json) = Self.runs[index]
    let unet = try ModelFixtures.unet("unet-four-levels")
    let kind = try #require(SamplerKind(rawValue: run.sampler))
    let sampler = try kind.sampler(
      configuration: SchedulerConfiguration(json: json, file: run.name), steps: run.steps,
      eta: run.eta, matchesDiffusersSteps: true)
    let guidance = Guidance(scale: run.guidance)
    let prompts = try Self.tensors.tensor("prompts")
    let negatives = try Self.tensors.tensor("negatives").expanded([2, -1, -1])
    let context = try unet.context(
      guidance.isActive ? try Tensor.concatenated([negatives, prompts]) : prompts)
    let noise = try Self.tensors.tensor("noise")
    var drawn = 0
    let final = try onOneThread {
      try sampler.run(
        from: Self.tensors.tensor("latents"),
        predict: { latents, timestep in
          let input = guidance.isActive ? try Tensor.concatenated([latents, latents]) : latents
          let output = try unet(
            input, timesteps: .full([input.shape[0]], timestep), context: context)
          guard guidance.isActive else { return output }
          let halves = try output.chunks(2, along: 0)
          return try guidance(unconditional: halves[0], conditional: halves[1])
        },
        stepNoise: { _ in
          defer { drawn += 1 }
          return try noise[drawn]
        })
    }
    let error = try relativeError(final, Self.tensors.tensor(run.name))
    #expect(error < Self.tolerance, "\(run), \(String(decoding: json, as: UTF8.self))")
  }
}
