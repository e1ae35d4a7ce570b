import RAFT
import Shapes
import Testing

@Suite("Saying what a scene shows")
struct CaptionGrammarTests {
  /// Scenes with a caption of each.
  private func captions(_ count: Int, seed: UInt64, vagueness: Double = 0.5) -> [(Scene, String)] {
    var generator = SplitMix64(seed: seed)
    let (sampler, grammar) = (SceneSampler(), CaptionGrammar(vagueness: vagueness))
    return (0..<count).map { _ in
      let scene = sampler.scene(using: &generator)
      return (scene, grammar.caption(of: scene, using: &generator))
    }
  }

  private func words(_ caption: String) -> [String] {
    caption.split(separator: " ").flatMap { word in
      word.hasSuffix(",") ? [String(word.dropLast()), ","] : [String(word)]
    }
  }

  @Test("every word of a caption is a word of the grammar, and every word is used, listed once")
  func vocabulary() {
    let used = Set(captions(20_000, seed: 1).flatMap { words($0.1) })
    #expect(used == Set(CaptionGrammar.words))
    #expect(Set(CaptionGrammar.words).count == CaptionGrammar.words.count)
  }

  @Test("a caption, read back, is fulfilled by its scene", arguments: 0..<4)
  func readBack(_ seed: UInt64) throws {
    for (scene, caption) in captions(2500, seed: seed) {
      let request = try Request(parsing: caption)
      #expect(request.isFulfilled(by: scene), "\(caption)")
      #expect(request.items.count == scene.figures.count)
      #expect((request.style ?? .solid) == scene.style)
    }
  }

  @Test("a styled scene's style is always named; its figures are called vaguely in the share asked")
  func vagueness() throws {
    let styled = captions(10_000, seed: 2, vagueness: 0.8).filter { $0.0.style != .solid }
    let requests = try styled.map { try Request(parsing: $0.1) }
    #expect(zip(styled, requests).allSatisfy { $0.0.style == $1.style })
    let vague = requests.filter { $0.items.allSatisfy { $0.shape == nil } }
    let colorless = vague.filter { $0.items.allSatisfy { $0.color == nil } }
    #expect(abs(Double(vague.count) / Double(styled.count) - 0.8) < 0.03)
    #expect(abs(Double(colorless.count) / Double(vague.count) - 0.5) < 0.03)
  }

  @Test("a solid scene's captions say every colour and shape, and name no style")
  func solid() throws {
    for (scene, caption) in captions(2000, seed: 3) where scene.style == .solid {
      let request = try Request(parsing: caption)
      #expect(request.style == nil)
      #expect(request.items == scene.figures.map { Request.Item($0.color, $0.shape) })
    }
  }

  @Test("captions of one scene, by seed")
  func examples() {
    let scene = Scene(
      [
        Figure(.red, .circle, size: .small, x: 0.2, y: 0.5, radius: 0.15),
        Figure(.orange, .square, x: 0.7, y: 0.6, radius: 0.2),
      ], on: .grey)
    let captions = Set(
      (0..<2000).map { (seed: UInt64) in
        var generator = SplitMix64(seed: seed)
        return CaptionGrammar().caption(of: scene, using: &generator)
      })
    for expected in [
      "a red circle and an orange square", "a red circle left of an orange square",
      "a small red circle and an orange square on a grey background",
      "a red circle to the left of an orange square",
      "an image of a red circle and an orange square",
    ] {
      #expect(captions.contains(expected), "\(expected)")
    }
  }
}
