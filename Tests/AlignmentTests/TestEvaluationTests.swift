import Alignment
import RAFT
import Recipes
import Reporting
import RunStore
import Testing

@Suite("What the test prompts say")
struct TestEvaluationTests {
  private static let recipe = Session.recipe { recipe in
    recipe.prompts.test = (0..<8).map { "picture \($0)" }
    recipe.evaluating.testImages = 2
  }

  /// Two images of each of eight prompts, with the rewards of `value`.
  private func images(_ value: (_ prompt: Int, _ seed: Int) -> Double?) -> EvaluatedImages {
    let places = (0..<8).flatMap { prompt in (0..<2).map { (prompt, $0) } }
    let rows = places.map { prompt, index in
      SampleRow(
        SampleFacts(
          SampleAddress(split: .test, round: 1, prompt: prompt, index: index),
          prompt: "picture \(prompt)", seed: 1, sampler: "", width: 64, height: 64,
          adapter: SampleFacts.base),
        batch: 0, .made(image: StoredFile(path: "\(prompt)-\(index)", digest: ""), latents: nil))
    }
    return EvaluatedImages(
      rows: rows, rewards: places.map(value), watched: places.map { _, _ in 1 },
      embeddings: places.map { _ in nil })
  }

  private func base(_ prompt: Int, _ seed: Int) -> Double { Double(prompt) + 0.25 * Double(seed) }

  @Test("every arm is compared with those before it, and their p is adjusted for all of it")
  func arms() throws {
    let test = try #require(
      TestEvaluation(recipe: Self.recipe).result(of: [
        .init(role: .base, name: "base", images: images(base)),
        .init(
          role: .control, name: "control",
          images: images { base($0, $1) + ($0 % 2 == 0 ? 0.5 : -0.5) }),
        .init(
          role: .best, name: "round 2", images: images { base($0, $1) + 1 + 0.1 * Double($0) }),
      ]))
    #expect(test.prompts == 8 && test.seeds == 2)
    #expect(test.arms.map(\.role) == [.base, .control, .best, .bestOfN])
    #expect(test.arms.map(\.comparisons.count) == [0, 1, 2, 0])
    #expect(test.arms[2].comparisons.map(\.other) == ["base", "control"])
    #expect(test.arms[2].comparisons.map(\.role) == [.base, .control])

    let control = test.arms[1].comparisons[0]
    #expect(control.difference.value == 0 && control.probability == 1 && control.winRate == 0.5)
    for comparison in test.arms[2].comparisons {
      #expect(abs(comparison.difference.value - 1.35) < 1e-12)
      // All eight means are above 0: 2 of 2⁸ flips are as far, times three tests.
      #expect(abs(try #require(comparison.probability) - 3 * 2.0 / 256) < 1e-12)
      #expect(comparison.winRate == 1)
      let interval = try #require(comparison.difference.interval)
      #expect(interval.lowerBound > 0 && interval.contains(1.35))
      #expect(comparison.difference.prompts == 8)
    }
    let values = test.arms.compactMap { $0.reward?.value }
    for (value, expected) in zip(values, [3.625, 3.625, 4.975, 3.75]) {
      #expect(abs(value - expected) < 1e-12)
    }
    #expect(test.arms[3].name == "best of 2 of the base")
    #expect(test.arms[0].watch?.value == 1 && test.arms[3].watch == nil)
  }

  @Test("pairs of which one has no score are left out on both sides")
  func missing() throws {
    let test = try #require(
      TestEvaluation(recipe: Self.recipe).result(of: [
        .init(role: .base, name: "base", images: images(base)),
        .init(
          role: .best, name: "round 1",
          images: images { $1 == 1 ? nil : base($0, $1) + 2 }),
      ]))
    let comparison = test.arms[1].comparisons[0]
    #expect(comparison.difference.value == 2 && comparison.winRate == 1)
    #expect(test.arms[1].reward?.value == 5.5)
  }

  @Test("without images there is nothing to say, and of one image there is no best")
  func little() {
    var recipe = Self.recipe
    recipe.evaluating.testImages = 1
    #expect(TestEvaluation(recipe: recipe).result(of: []) == nil)
    let test = TestEvaluation(recipe: recipe).result(of: [
      .init(role: .base, name: "base", images: images(base))
    ])
    #expect(test?.arms.map(\.role) == [.base])
  }
}
