internal import RAFT
internal import Shapes

/// Makes scenes that differ from another in one point, drawn anew.
struct SceneSiblings {
  private let sampler = SceneSampler()

  /// What can be changed.
  private enum Change: CaseIterable {
    case color, shape, colors, relation, style, background
  }

  /// A scene that shows what `scene` shows, but for one point.
  func sibling(of scene: Scene, using random: inout SplitMix64) -> Scene {
    var request = Request(
      scene.figures.map { Request.Item($0.color, $0.shape) }, style: scene.style,
      background: scene.background)
    let index = random.index(below: request.items.count)
    let isExchanged = scene.figures.count > 1 && random.unit() < 0.4
    switch isExchanged ? .colors : random.element(of: Change.allCases) {
    case .color: request.items[index].color = other(than: scene.figures[index].color, &random)
    case .shape: request.items[index].shape = other(than: scene.figures[index].shape, &random)
    case .colors where scene.figures.count > 1:
      request.items[0].color = scene.figures[1].color
      request.items[1].color = scene.figures[0].color
    case .relation where scene.figures.count == 2:
      request.relation = Request.Relation(of: scene.figures[1], from: scene.figures[0])
    case .colors: request.items[0].color = other(than: scene.figures[0].color, &random)
    case .relation: request.items[0].shape = other(than: scene.figures[0].shape, &random)
    case .style: request.style = other(than: scene.style, &random)
    case .background: request.background = other(than: scene.background, &random)
    }
    return sampler.scene(showing: request, using: &random)
  }

  /// `scene` with one figure fewer, or one more of another kind. It is to be described, not drawn.
  func recounted(_ scene: Scene, using random: inout SplitMix64) -> Scene {
    var scene = scene
    if scene.figures.count == 3 || scene.figures.count == 2 && random.unit() < 0.5 {
      scene.figures.remove(at: random.index(below: scene.figures.count))
    } else {
      var figure = sampler.scene(using: &random).figures[0]
      figure.color = other(than: scene.figures[0].color, &random)
      scene.figures.append(figure)
    }
    return scene
  }

  private func other<Value: CaseIterable & Equatable>(
    than value: Value, _ random: inout SplitMix64
  ) -> Value {
    random.element(of: Value.allCases.filter { $0 != value })
  }
}
