import RAFT
import Shapes
import Testing

@Suite("Scenes in disorder")
struct DisorderTests {
  private static let scenes: [Scene] = {
    var random = SplitMix64(seed: 8)
    let sampler = SceneSampler()
    return (0..<50).map { _ in sampler.scene(using: &random) }
  }()

  @Test("one figure is there two to four times")
  func multiplied() {
    var random = SplitMix64(seed: 1)
    for scene in Self.scenes {
      let found = Disorder.multiplied.applied(to: scene, using: &random)
      let more = found.figures.dropFirst(scene.figures.count)
      #expect((1...3).contains(more.count))
      #expect(Set(more.map { [$0.color.rawValue, $0.shape.rawValue] }).count == 1)
      #expect(Array(found.figures.prefix(scene.figures.count)) == scene.figures)
    }
  }

  @Test("every figure lies across the edge, its middle half a radius away at most")
  func cutOff() {
    var random = SplitMix64(seed: 2)
    for scene in Self.scenes {
      for figure in Disorder.cutOff.applied(to: scene, using: &random).figures {
        let ways = [figure.x, figure.y, 1 - figure.x, 1 - figure.y].map(abs)
        #expect((ways.min() ?? 1) <= figure.radius / 2)
      }
    }
  }

  @Test("one more figure has another colour than one that is there")
  func crowded() {
    var random = SplitMix64(seed: 3)
    for scene in Self.scenes {
      let found = Disorder.crowded.applied(to: scene, using: &random)
      #expect(found.figures.count == scene.figures.count + 1)
      #expect(found.figures.contains { $0.color != found.figures.last?.color })
    }
  }
}
