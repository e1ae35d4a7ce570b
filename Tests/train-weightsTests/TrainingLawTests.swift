import CLIP
import Diffusion
import Files
import NN
import RAFT
import Shapes
import Testing
import Torch
import train_weights

/// What training computes, piece by piece.
@Suite("What training computes")
struct TrainingLawTests {
  @Test("cross entropies are torch's")
  func crossEntropies() throws {
    // torch.nn.functional.cross_entropy and binary_cross_entropy_with_logits of torch 2.
    let logits = try Tensor([2, -1, 0.5, 0.25, 3, -2] as [Float], shape: [2, 3])
    let places = try logits.crossEntropy(.oneHot([0, 2], count: 3)).item()
    #expect(abs(places - 2.654_796) < 1e-5)
    let shares = try Tensor([0.5, 0.5, 0, 0.1, 0.2, 0.7] as [Float], shape: [2, 3])
    #expect(abs(try logits.crossEntropy(shares).item() - 2.792_296) < 1e-5)
    // Logits of ±40 are where e^x alone would overflow or vanish.
    let extreme = try Tensor([2, -1, 0.5, 40, -40, -2] as [Float], shape: [2, 3])
    let targets = try Tensor([1, 0, 1, 0, 1, 0.5] as [Float], shape: [2, 3])
    #expect(abs(try extreme.binaryCrossEntropy(targets).item() - 13.673_532) < 1e-4)
  }

  @Test("timesteps weigh the picture by the signal, up to a limit and on a floor")
  func timesteps() {
    let signal = [0.0, 0.5, 0.9, 0.99]
    func weights(of prediction: PredictionType) -> [Double] {
      TimestepWeights.weights(of: prediction, signal: signal, limit: 5, floor: 0.02)
        .map(Double.init)
    }
    // Over x₀: δ, 1 + δ, and γ + δ from there on; an error of v is one of x₀ times 1/√(1−ᾱ), one of ε
    // one of x₀ times √(ᾱ/(1−ᾱ)).
    let expected = [0.02, 1.02, 5.02, 5.02]
    for (index, signal) in signal.enumerated() {
      #expect(abs(weights(of: .sample)[index] - expected[index]) < 1e-5)
      #expect(abs(weights(of: .velocity)[index] / (1 - signal) - expected[index]) < 1e-5)
      let ofNoise = weights(of: .epsilon)[index] * signal / (1 - signal)
      #expect(abs(ofNoise - (expected[index] - 0.02)) < 1e-5)
    }
  }

  @Test("a size has its turn as often as it weighs, and none after its time")
  func turns() {
    let shares = [
      DenoiserSettings.PictureShare(size: 128, count: 1),
      DenoiserSettings.PictureShare(size: 256, count: 1, weight: 0.25, until: 0.5),
    ]
    func share(done: Double) -> Double {
      let turns = (0..<1000).map { shares.turn(done: done, chance: (Double($0) + 0.5) / 1000) }
      return Double(turns.filter { $0 == 1 }.count) / 1000
    }
    for done in [0, 0.25, 0.499] { #expect(abs(share(done: done) - 0.2) < 0.001) }
    for done in [0.5, 0.75, 0.999] { #expect(share(done: done) == 0) }
  }

  @Test("better pictures have a higher quality, and what is lost of it grows with the severity")
  func quality() {
    func quality(_ figures: [Figure], _ style: Style = .solid) -> Double {
      Quality(of: Scene(figures, style: style)).value
    }
    func circle(_ x: Double = 0.5, radius: Double = 0.3) -> Figure {
      Figure(.red, .circle, x: x, y: 0.5, radius: radius)
    }
    let best = quality([circle()])
    #expect(best == 10)
    #expect(quality([circle(radius: 0.14)]) < best)
    #expect(quality([circle(0.31)]) < best)
    #expect(quality([circle()], .pastel) < best)
    #expect(quality([circle(0.14, radius: 0.13)], .pastel) >= 7)
    for corruption in Corruption.allCases {
      let losses = [0, 0.3, 1].map { corruption.loss(at: $0) }
      #expect(losses[0] > 0 && losses[0] < losses[1] && losses[1] < losses[2] && losses[2] < 1)
      // What is quite spoilt is worse than any clean picture.
      let spoilt = Quality(of: Scene([circle()])).losing(losses[2]).value
      #expect((1..<7).contains(spoilt), "\(corruption)")
    }
    for disorder in Disorder.allCases {
      let found = Quality(of: Scene([circle()])).losing(disorder.loss).value
      #expect((1..<4).contains(found), "\(disorder)")
    }
  }

  @Test("the rank sum is the share of pairs, ties counting half")
  func rankSum() throws {
    var random = SplitMix64(seed: 4)
    let (ones, others) = (
      (0..<60).map { _ in Double(random.index(below: 12)) },
      (0..<45).map { _ in Double(random.index(below: 9)) }
    )
    let pairs = ones.flatMap { one in others.map { one - $0 } }
    #expect(RankSum.share(of: ones, above: others) == WinRate(pairs).rate)
    #expect(RankSum.share(of: [2, 3], above: [0, 1]) == 1)
    #expect(RankSum.share(of: [1], above: [1]) == 0.5)
    #expect(RankSum.share(of: [], above: [1]) == nil)
  }

  @Test("a vision tower wider than its patches have cosines starts too", arguments: [2, 8])
  func visionStart(patch: Int) throws {
    let members: [String: JSONValue] = [
      "hidden_size": 64, "intermediate_size": 64, "num_hidden_layers": 1,
      "num_attention_heads": 4, "image_size": 16, "patch_size": .integer(patch),
    ]
    let configuration = try VisionConfiguration(
      ConfigurationFile(members, path: "the test's settings"))
    let weights = Weights(seed: 1)
    _ = try VisionTransformer(weights, configuration)
    let parameters = Dictionary(
      try weights.thawed().map { ($0.name, $0.tensor) }, uniquingKeysWith: { first, _ in first })
    let name = "embeddings.patch_embedding.weight"
    let before = try #require(parameters[name]).detached().floats()
    try VisionStart(configuration).apply(to: parameters)
    let after = try #require(parameters[name]).detached().floats()
    let size = 3 * patch * patch
    let count = min(64, size) * size
    #expect(after.count == before.count && after.allSatisfy(\.isFinite))
    #expect(zip(before, after).prefix(count).contains { $0 != $1 })
    #expect(Array(before.dropFirst(count)) == Array(after.dropFirst(count)))
  }
}
