internal import Shapes
internal import Torch

/// What is to be seen in some scenes, as a classifier's targets.
struct SceneAttributes {
  /// 1 where a figure has the colour and the shape, where one has the shape, and where one has the
  /// colour, else 0: `[B, 48]`.
  let presences: Tensor

  /// 1 for the right class among those of each group, else 0, `[B, classes]`: number of figures,
  /// style, background.
  let classes: [Tensor]

  /// 1 for the kind of figure that lies on the middle of each patch, or in the last place where there
  /// is none, row by row: `[B, N, kinds]`.
  let kinds: Tensor

  /// How many kinds there are, no figure among them.
  static let kindCount = Color.allCases.count * Shape.allCases.count + 1

  /// How many presences there are.
  static let presenceCount =
    Color.allCases.count * Shape.allCases.count + Shape.allCases.count + Color.allCases.count

  /// How many classes each group has.
  static let classCounts = [3, Style.allCases.count, Background.allCases.count]

  /// The attributes of `scenes`, which have one to three figures each.
  ///
  /// - Parameter patches: patches along a picture's edge.
  init(of scenes: [Scene], patches: Int) throws {
    let (colors, shapes) = (Color.allCases, Shape.allCases)
    let flags = scenes.flatMap { scene -> [Float] in
      let figures = scene.figures
      let pairs = shapes.flatMap { shape in
        colors.map { color in figures.contains { $0.shape == shape && $0.color == color } }
      }
      let alone =
        shapes.map { shape in figures.contains { $0.shape == shape } }
        + colors.map { color in figures.contains { $0.color == color } }
      return (pairs + alone).map { $0 ? 1 : 0 }
    }
    presences = try Tensor(flags, shape: [scenes.count, Self.presenceCount])
    let groups = [
      scenes.map { $0.figures.count - 1 },
      scenes.map { Style.allCases.firstIndex(of: $0.style) ?? 0 },
      scenes.map { Background.allCases.firstIndex(of: $0.background) ?? 0 },
    ]
    classes = try zip(groups, Self.classCounts).map { try .oneHot($0, count: $1) }
    let middles = (0..<patches).map { (Double($0) + 0.5) / Double(patches) }
    let found = scenes.flatMap { scene in
      middles.flatMap { y in middles.map { x in Self.kind(in: scene, x: x, y: y) } }
    }
    kinds = try Tensor.oneHot(found, count: Self.kindCount)
      .reshaped([scenes.count, patches * patches, Self.kindCount])
  }

  /// The place of the kind of figure in the circle around which (`x`, `y`) lies.
  private static func kind(in scene: Scene, x: Double, y: Double) -> Int {
    let figure = scene.figures.first { figure in
      let (dx, dy) = (figure.x - x, figure.y - y)
      return dx * dx + dy * dy < figure.radius * figure.radius
    }
    guard let figure, let shape = Shape.allCases.firstIndex(of: figure.shape),
      let color = Color.allCases.firstIndex(of: figure.color)
    else { return kindCount - 1 }
    return shape * Color.allCases.count + color
  }
}
