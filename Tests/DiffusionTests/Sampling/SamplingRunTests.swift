import Diffusion
import TestSupport
import Testing
import Torch

/// The driver, and what it says when something does not fit.
struct SamplingRunTests {
  private func noise(_ seed: UInt64 = 0) throws -> Tensor {
    try Generator(seed: seed).normal([1, 4, 2, 2])
  }

  private func failure(_ body: () throws -> Void) -> String? {
    do {
      try body()
      return nil
    } catch {
      return "\(error)"
    }
  }

  @Test("progress hears of every evaluation, and the last is the result")
  func progress() throws {
    let sampler = try SamplerKind.pndm.sampler(configuration: .stableDiffusion, steps: 4)
    var heard: [(Int, Int, Double)] = []
    var last: Tensor?
    let final = try sampler.run(
      from: noise(), predict: SamplerFixtures.standIn, stepNoise: { _ in try noise(1) },
      progress: { progress in
        heard.append((progress.done, progress.count, progress.timestep))
        last = progress.latents
        return .continue
      })
    #expect(heard.map(\.0) == [1, 2, 3, 4, 5])
    #expect(heard.allSatisfy { $0.1 == 5 })
    #expect(heard.map(\.2) == [751, 501, 501, 251, 1])
    #expect(try final.isEqual(to: #require(last)))
  }

  @Test("a run that is stopped says how far it came")
  func stop() throws {
    let sampler = try SamplerKind.ddim.sampler(configuration: .stableDiffusion, steps: 4)
    let text = failure {
      _ = try sampler.run(
        from: noise(), predict: SamplerFixtures.standIn, stepNoise: { _ in try noise(1) },
        progress: { $0.done == 3 ? .stop : .continue })
    }
    #expect(text == "sampling was stopped after 3 of 4 evaluations")
  }

  @Test("noise is asked for in order and only where a step takes it")
  func draws() throws {
    let expected: [(SamplerKind, Double, TimestepSpacing, [Int])] = [
      (.ddim, 0, .leading, []), (.ddim, 0.5, .leading, [0, 1, 2, 3]),
      (.ancestralEuler, 0, .leading, [0, 1, 2, 3]), (.ddpm, 0, .leading, [0, 1, 2, 3]),
      (.ddpm, 0, .linspace, [0, 1, 2]), (.pndm, 0, .leading, []), (.dpmSolver, 0, .leading, []),
    ]
    for (kind, eta, spacing, indices) in expected {
      var configuration = SchedulerConfiguration.stableDiffusion
      configuration.timestepSpacing = spacing
      let sampler = try kind.sampler(configuration: configuration, steps: 4, eta: eta)
      var asked: [Int] = []
      _ = try sampler.run(
        from: noise(), predict: SamplerFixtures.standIn,
        stepNoise: { index in
          asked.append(index)
          return try noise(UInt64(index))
        })
      #expect(asked == indices)
      #expect(sampler.draws == indices.count)
    }
  }

  @Test("the network may answer in bf16; the latents stay F32")
  func bfloat16() throws {
    let sampler = try SamplerKind.dpmSolver.sampler(configuration: .stableDiffusion, steps: 4)
    let final = try sampler.run(
      from: noise().to(.bfloat16),
      predict: { x, t in
        #expect(x.dtype == .float32)
        return try SamplerFixtures.standIn(x, t).to(.bfloat16)
      }, stepNoise: { _ in try noise(1) })
    #expect(final.dtype == .float32)
  }

  @Test("what does not fit is named")
  func messages() throws {
    let ancestral = try SamplerKind.ancestralEuler.sampler(
      configuration: .stableDiffusion, steps: 2)
    let start = try noise()
    #expect(
      failure {
        _ = try ancestral.run(
          from: start, predict: SamplerFixtures.standIn,
          stepNoise: { _ in try start.selected(0, 0) })
      } == "the noise of a step has shape [4, 2, 2]; the latents have [1, 4, 2, 2]")
    #expect(
      failure {
        _ = try ancestral.run(
          from: start, predict: { x, _ in try Tensor.concatenated([x, x], along: 1) },
          stepNoise: { _ in start })
      } == "the network gave [1, 8, 2, 2] for latents of [1, 4, 2, 2]; "
        + "is it a network for another task (inpainting, learned variance)?")
    #expect(
      failure {
        _ = try ancestral.step(SamplerState(latents: start), output: start, at: 1, noise: nil)
      } == "step 2 of euler-a takes noise, and none was given")
  }
}
