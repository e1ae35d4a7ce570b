import Diffusion
import Foundation
import Imaging
import LoRA
import NN
import Policies
import RAFT
import TestSupport
import Testing
import Torch

@Suite("Sampling from a diffusion policy")
struct PolicySamplingTests {
  private func latents(_ candidates: [Candidate<String, DiffusionSample>]) throws -> Tensor {
    try .stacked(candidates.compactMap { $0.sample?.latents })
  }

  @Test("the same seed samples, learns and samples the same bytes, and the base stays what it was")
  func cycle() throws {
    try onOneThread {
      var ends: [(latents: Tensor, digest: String)] = []
      for _ in 0..<2 {
        let model = try TinyModel.load()
        let targets = AdapterTargets(model)
        let pristine = try targets.slots.map { try $0.slot.pristineWeight().clone() }
        let policy = try PolicyFixture.policy(model: model)
        let plain = try TextToImage(
          model, sampler: policy.settings.collecting.sampler(for: model.scheduler),
          options: {
            var options = TextToImageOptions()
            (options.width, options.height, options.guidance) = (64, 64, 3)
            return options
          }())
        let requests = PolicyFixture.requests(4)
        let images = requests.map { ImageRequest(prompt: $0.prompt, seed: $0.seed) }
        let base = try plain.latents(for: images)
        let first = try policy.candidates(for: requests)
        // A new adapter changes nothing.
        #expect(try latents(first).isEqual(to: base))
        let report = try policy.fineTune(on: first, round: 1)
        #expect(report.steps == 4 && (report.meanLoss ?? .nan).isFinite)
        let second = try policy.candidates(for: requests)
        #expect(try !latents(second).isEqual(to: base))
        #expect(try latents(policy.candidates(for: requests)).isEqual(to: latents(second)))
        let unadapted = try policy.samples(
          images, sampling: policy.settings.collecting, adapter: .base
        ).map { try $0.get().latents }
        #expect(try Tensor.stacked(unadapted).isEqual(to: base))
        let given = try policy.samples(
          images, sampling: policy.settings.collecting, adapter: .given(policy.adapter, scale: 1)
        ).map { try $0.get().latents }
        #expect(try Tensor.stacked(given).isEqual(to: latents(second)))
        for (slot, old) in zip(targets.slots, pristine) {
          #expect(try slot.slot.pristineWeight().isEqual(to: old))
        }
        targets.detach()
        #expect(try plain.latents(for: images).isEqual(to: base))
        ends.append((try latents(second), try policy.adapter.digest()))
      }
      #expect(try ends[0].latents.isEqual(to: ends[1].latents))
      #expect(ends[0].digest == ends[1].digest)
    }
  }

  @Test("another batch size has the same noise, and the same latents but for rounding")
  func batches() throws {
    try onOneThread {
      let policy = try PolicyFixture.policy()
      let requests = PolicyFixture.requests(4)
      let together = try latents(policy.candidates(for: requests))
      let alone = try Tensor.concatenated(
        requests.map { try latents(policy.candidates(for: [$0])) })
      #expect(try relativeError(alone, together) < 1e-4)
    }
  }

  @Test("in bf16 the adapter hangs beside the weights, and the base is what it was afterwards")
  func narrow() throws {
    try onOneThread {
      let policy = try PolicyFixture.policy(model: TinyModel.load(.bfloat16))
      let requests = PolicyFixture.requests(2)
      let images = requests.map { ImageRequest(prompt: $0.prompt, seed: $0.seed) }
      func base() throws -> Tensor {
        try .stacked(
          policy.samples(images, sampling: policy.settings.collecting, adapter: .base)
            .map { try $0.get().latents })
      }
      let before = try base()
      _ = try policy.fineTune(on: PolicyFixture.examples(3, policy), round: 1)
      #expect(try !latents(policy.candidates(for: requests)).isEqual(to: before))
      #expect(try base().isEqual(to: before))
    }
  }

  @Test("a picture is what its latents decode to, and has the size that was asked for")
  func pictures() throws {
    try onOneThread {
      let policy = try PolicyFixture.policy()
      let sample = try #require(policy.candidates(for: PolicyFixture.requests(1))[0].sample)
      let image = try sample.image()
      #expect((image.width, image.height) == (64, 64))
      #expect(try image == policy.image(of: sample.latents))
    }
  }

  @Test("images that are not finite are failures of their own, not of the batch")
  func notFinite() throws {
    try onOneThread {
      let policy = try PolicyFixture.policy()
      var weights = policy.adapter
      for (address, factors) in weights.layers where address.component == .textEncoder {
        // Far beyond fp32 once an input is not zero.
        weights.layers[address] = LowRankFactors(
          down: try .full(factors.down.shape, 1e30), up: try .full(factors.up.shape, 1e30))
      }
      let images = PolicyFixture.requests(2).map { ImageRequest(prompt: $0.prompt, seed: $0.seed) }
      let results = try policy.samples(
        images, sampling: policy.settings.collecting, adapter: .given(weights, scale: 1))
      for (result, image) in zip(results, images) {
        #expect(throws: GenerationError.notFinite(prompt: image.prompt, seed: image.seed)) {
          try result.get()
        }
      }
      #expect(try policy.candidates(for: PolicyFixture.requests(1))[0].failure == nil)
    }
  }

  @Test("settings that cannot be are refused before anything is sampled")
  func refusals() throws {
    func refusal(_ change: (inout DiffusionPolicy.Settings) -> Void) -> String {
      message { try PolicyFixture.policy(PolicyFixture.settings(change)) }
    }
    #expect(
      refusal { $0.tuning.batch = 0 }
        == "the batch of a round's training must be at least 1, not 0")
    #expect(
      refusal { $0.tuning.averaging = 1 }
        == "the decay of the adapter's average is 1.0, but it must be at least 0 and less than 1")
    #expect(refusal { $0.width = 60 }.hasPrefix("60x64 cannot be made"))
    #expect(refusal { $0.collecting.eta = 2 } == "eta is 2.0; it must be between 0 and 1")
  }
}
