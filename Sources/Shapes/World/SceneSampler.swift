package import RAFT

/// Draws scenes by chance.
package struct SceneSampler: Sendable {
  /// How often a scene has one figure.
  private static let loneShare = 0.65
  /// How often a scene has two figures; otherwise it has three.
  private static let pairShare = 0.28
  /// How often a scene is drawn in another style than `solid`.
  package static let styledShare = 0.3
  /// How much of its radius a figure keeps free between itself and the picture's edge.
  package static let margin = 0.08

  /// The least distance between two figures, as a share of the picture's edge.
  private static let gap = 0.05

  private let reaches: [Shape: Double]

  /// A sampler.
  package init() {
    reaches = Dictionary(
      uniqueKeysWithValues: Shape.allCases.map { ($0, Outline(of: $0).reach) })
  }

  /// A scene of one to three figures, no two of them alike, most of them solid.
  package func scene(using generator: inout SplitMix64) -> Scene {
    let share = generator.unit()
    let count = share < Self.loneShare ? 1 : share < Self.loneShare + Self.pairShare ? 2 : 3
    let isStyled = generator.unit() < Self.styledShare
    let style = generator.element(of: Style.allCases.filter { $0 != .solid })
    return scene(
      showing: Request(
        Array(repeating: Request.Item(nil, nil), count: count), style: isStyled ? style : .solid),
      using: &generator)
  }

  /// A scene that fulfils `request`; what the request leaves open is drawn.
  ///
  /// A style that is not asked for is `solid`, as in captions. Figures left open come out unlike
  /// all others.
  ///
  /// - Precondition: the request is for one to three things.
  package func scene(showing request: Request, using generator: inout SplitMix64) -> Scene {
    precondition((1...3).contains(request.items.count), "a scene has one to three figures")
    let background = request.background ?? generator.element(of: Background.allCases)
    let kinds = kinds(of: request.items, using: &generator)
    while true {
      guard let figures = placed(kinds, using: &generator) else { continue }
      if let relation = request.relation, figures.count > 1,
        Request.Relation(of: figures[0], from: figures[1]) != relation
      {
        continue
      }
      return Scene(figures, on: background, style: request.style ?? .solid)
    }
  }

  /// A colour and a shape for each item, those left open unlike all others where that can be.
  private func kinds(of items: [Request.Item], using generator: inout SplitMix64) -> [Kind] {
    var taken = Set(
      items.compactMap { item in
        item.color.flatMap { color in item.shape.map { Kind(color, $0) } }
      })
    return items.map { item in
      let fitting = Kind.all.filter {
        (item.color == nil || item.color == $0.color)
          && (item.shape == nil || item.shape == $0.shape)
      }
      let free = fitting.filter { !taken.contains($0) }
      let kind = generator.element(of: free.isEmpty ? fitting : free)
      taken.insert(kind)
      return kind
    }
  }

  /// Figures at free places; nil where two of the places drawn touch.
  private func placed(_ kinds: [Kind], using generator: inout SplitMix64) -> [Figure]? {
    let sizes: [Figure.Size] =
      kinds.count == 1 ? [.small, .medium, .medium, .large] : [.small, .small, .medium]
    var figures: [Figure] = []
    for kind in kinds {
      let size = generator.element(of: sizes)
      let radius = generator.value(in: size.radii)
      let edge = radius * (1 + Self.margin)
      let x = generator.value(in: edge...1 - edge)
      let y = generator.value(in: edge...1 - edge)
      let figure = Figure(kind.color, kind.shape, size: size, x: x, y: y, radius: radius)
      if figures.contains(where: { isClose($0, figure) }) { return nil }
      figures.append(figure)
    }
    return figures
  }

  /// Whether two figures may be too near to each other: neither the squares nor the circles around
  /// them are apart.
  private func isClose(_ one: Figure, _ other: Figure) -> Bool {
    let (dx, dy) = (abs(one.x - other.x), abs(one.y - other.y))
    let circles = reach(of: one) + reach(of: other) + Self.gap
    return max(dx, dy) < one.radius + other.radius + Self.gap
      && (dx * dx + dy * dy).squareRoot() < circles
  }

  private func reach(of figure: Figure) -> Double {
    figure.radius * (reaches[figure.shape] ?? 1)
  }
}

extension SplitMix64 {
  /// One of `elements`, of which there is at least one; every one is as likely.
  package mutating func element<Element>(of elements: [Element]) -> Element {
    elements[index(below: elements.count)]
  }

  /// A number in `range`, all equally likely.
  package mutating func value(in range: ClosedRange<Double>) -> Double {
    range.lowerBound + (range.upperBound - range.lowerBound) * unit()
  }
}
