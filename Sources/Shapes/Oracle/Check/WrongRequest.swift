package import RAFT

/// Ways to ask for something else than a scene shows.
package enum WrongRequest: String, Sendable, CaseIterable {
  /// Another colour of one figure.
  case color = "another colour"
  /// Another shape of one figure.
  case shape = "another shape"
  /// Two figures' colours exchanged.
  case exchanged = "colours exchanged"
  /// One figure more.
  case more = "a figure more"
  /// One figure less.
  case less = "a figure less"
  /// The opposite relation.
  case relation = "the opposite relation"
  /// Another background.
  case background = "another background"

  /// A request that `scene` does not fulfil; nil where this way leads to none.
  package func request(for scene: Scene, using generator: inout SplitMix64) -> Request? {
    var request = Request(showing: scene)
    switch self {
    case .color:
      let index = generator.index(below: request.items.count)
      let own = scene.figures[index].color
      request.items[index].color = generator.element(of: Color.allCases.filter { $0 != own })
    case .shape:
      let index = generator.index(below: request.items.count)
      let own = scene.figures[index].shape
      request.items[index].shape = generator.element(of: Shape.allCases.filter { $0 != own })
    case .exchanged:
      guard let other = HardNegatives().exchangingColors(of: scene) else { return nil }
      request = Request(showing: other)
    case .more:
      guard request.items.count < 3 else { return nil }
      request.items.append(
        Request.Item(
          generator.element(of: Color.allCases), generator.element(of: Shape.allCases)))
    case .less:
      guard request.items.count > 1 else { return nil }
      request.items.removeLast()
      request.relation = nil
    case .relation:
      guard let relation = request.relation else { return nil }
      request.relation =
        switch relation {
        case .leftOf: .rightOf
        case .rightOf: .leftOf
        case .above: .below
        case .below: .above
        }
    case .background:
      request.background = generator.element(
        of: Background.allCases.filter { $0 != scene.background })
    }
    return request.isFulfilled(by: scene) ? nil : request
  }
}

extension Request {
  /// Everything that a request can say of `scene`.
  package init(showing scene: Scene) {
    let figures = scene.figures
    self.init(
      figures.map { Item($0.color, $0.shape) },
      relation: figures.count == 2 ? Relation(of: figures[0], from: figures[1]) : nil,
      style: scene.style, background: scene.background)
  }
}
