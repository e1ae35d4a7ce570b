import Imaging
import RAFT
import Shapes
import Testing

@Suite("Drawing scenes by chance")
struct SceneSamplerTests {
  private static let scenes: [Scene] = {
    var generator = SplitMix64(seed: 11)
    let sampler = SceneSampler()
    return (0..<5000).map { _ in sampler.scene(using: &generator) }
  }()

  private func share(_ fits: (Scene) -> Bool) -> Double {
    Double(Self.scenes.filter(fits).count) / Double(Self.scenes.count)
  }

  private func figureShare(_ fits: (Figure) -> Bool) -> Double {
    let figures = Self.scenes.flatMap(\.figures)
    return Double(figures.filter(fits).count) / Double(figures.count)
  }

  @Test("scenes have one, two and three figures as often as said")
  func counts() {
    for (count, expected) in [(1, 0.65), (2, 0.28), (3, 0.07)] {
      #expect(abs(share { $0.figures.count == count } - expected) < 0.02)
    }
  }

  @Test("three in ten scenes are styled, in each style alike")
  func styles() {
    for style in Style.allCases {
      let expected = style == .solid ? 0.7 : 0.3 / 4
      #expect(abs(share { $0.style == style } - expected) < 0.02)
    }
  }

  @Test("backgrounds, colours and shapes come alike")
  func marginals() {
    for background in Background.allCases {
      #expect(abs(share { $0.background == background } - 0.25) < 0.02)
    }
    for color in Color.allCases {
      #expect(abs(figureShare { $0.color == color } - 1 / 6.0) < 0.02)
    }
    for shape in Shape.allCases {
      #expect(abs(figureShare { $0.shape == shape } - 1 / 6.0) < 0.02)
    }
  }

  @Test("a radius is of its class, and a lone figure is large in one scene of four")
  func sizes() {
    #expect(Self.scenes.flatMap(\.figures).allSatisfy { $0.size.radii.contains($0.radius) })
    let alone = Self.scenes.filter { $0.figures.count == 1 }.flatMap(\.figures)
    let large = Double(alone.filter { $0.size == .large }.count) / Double(alone.count)
    #expect(abs(large - 0.25) < 0.03)
  }

  @Test("figures keep clear of the picture's edge")
  func inside() {
    let figures = Self.scenes.flatMap(\.figures)
    #expect(
      figures.allSatisfy { figure in
        let free = 1.08 * figure.radius - 1e-9
        return min(figure.x, figure.y, 1 - figure.x, 1 - figure.y) >= free
      })
  }

  @Test("figures do not touch, in the pictures too")
  func apart() {
    for scene in Self.scenes.filter({ $0.figures.count > 1 }).prefix(60) {
      // Were two figures to share a pixel, the pixels of both would be more than those of each.
      let renderer = SceneRenderer(size: 64)
      let ground = renderer.image(of: Scene([], on: scene.background))
      func covered(_ figures: [Figure]) -> Set<Int> {
        let image = renderer.image(of: Scene(figures, on: scene.background))
        return Set(
          ground.pixels.indices.filter { image.pixels[$0] != ground.pixels[$0] }.map { $0 / 3 })
      }
      let parts = scene.figures.map { covered([$0]) }
      let together = covered(scene.figures)
      #expect(together.count == parts.reduce(0) { $0 + $1.count })
      for part in parts {
        let around = Set(part.flatMap { [$0 - 1, $0 + 1, $0 - 64, $0 + 64] })
        #expect(together.subtracting(part).isDisjoint(with: around))
      }
    }
  }

  @Test("no two figures of a scene are alike in colour and shape")
  func distinct() {
    #expect(
      Self.scenes.allSatisfy { scene in
        Set(scene.figures.map { "\($0.color) \($0.shape)" }).count == scene.figures.count
      })
  }

  @Test(
    "a scene that shows a request fulfils it",
    arguments: [
      Request([.init(.red, .circle)]),
      Request([.init(nil, .star)], style: .dotted, background: .black),
      Request([.init(.blue, nil), .init(nil, nil)], relation: .above),
      Request([.init(.green, .heart), .init(.green, .heart)], relation: .leftOf),
      Request([.init(nil, nil), .init(.red, .cross), .init(.red, nil)], background: .beige),
    ])
  func showing(_ request: Request) {
    var generator = SplitMix64(seed: 3)
    for _ in 0..<50 {
      let scene = SceneSampler().scene(showing: request, using: &generator)
      #expect(request.isFulfilled(by: scene))
      #expect(scene.style == request.style ?? .solid)
    }
  }

  @Test("the same seed gives the same scenes")
  func deterministic() {
    var (one, other) = (SplitMix64(seed: 9), SplitMix64(seed: 9))
    for _ in 0..<20 {
      #expect(SceneSampler().scene(using: &one) == SceneSampler().scene(using: &other))
    }
  }
}
