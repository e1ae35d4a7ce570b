internal import Shapes
internal import Torch

/// What is to be seen in some scenes, as classifiers' targets.
struct SceneAttributes {
  /// 1 where a figure has both a shape and a colour, where one has a shape, and where one has a
  /// colour, else 0: `[B, 36]`, `[B, 6]`, `[B, 6]`.
  let presences: [Tensor]

  /// 1 for the right class among those of each group, else 0, `[B, classes]`: number of figures,
  /// style, background.
  let classes: [Tensor]

  /// 1 for the shape, for the colour, and for the pair of both, of the figure on the middle of each
  /// patch, or in the last place where there is none, else 0, patches row by row: `[B, N, 7]` twice
  /// and `[B, N, 37]`.
  let patchClasses: [Tensor]

  /// How many presences there are of each sort.
  static let presenceCounts = [
    Shape.allCases.count * Color.allCases.count, Shape.allCases.count, Color.allCases.count,
  ]

  /// How many classes each group has.
  static let classCounts = [3, Style.allCases.count, Background.allCases.count]

  /// How many classes of patches each group has.
  static let patchClassCounts = [
    Shape.allCases.count + 1, Color.allCases.count + 1, presenceCounts[0] + 1,
  ]

  /// The attributes of `scenes`, which have one to three figures each.
  ///
  /// - Parameter patches: patches along a picture's edge.
  init(of scenes: [Scene], patches: Int) throws {
    let (colors, shapes) = (Color.allCases, Shape.allCases)
    func flags(_ flags: (Scene) -> [Bool]) throws -> Tensor {
      let values = scenes.flatMap { flags($0).map { $0 ? Float(1) : 0 } }
      return try Tensor(values, shape: [scenes.count, values.count / scenes.count])
    }
    presences = [
      try Self.kinds(scenes.map { $0.figures.map { ($0.shape, $0.color) } }),
      try flags { scene in shapes.map { shape in scene.figures.contains { $0.shape == shape } } },
      try flags { scene in colors.map { color in scene.figures.contains { $0.color == color } } },
    ]
    let groups = [
      scenes.map { $0.figures.count - 1 }, scenes.map { $0.style.place },
      scenes.map { $0.background.place },
    ]
    classes = try zip(groups, Self.classCounts).map { try .oneHot($0, count: $1) }
    let middles = (0..<patches).map { (Double($0) + 0.5) / Double(patches) }
    let found = scenes.flatMap { scene in
      middles.flatMap { y in middles.map { x in Self.figure(in: scene, x: x, y: y) } }
    }
    let ofPatches = [
      found.map { $0?.shape.place ?? shapes.count }, found.map { $0?.color.place ?? colors.count },
      found.map {
        $0.map { $0.shape.place * colors.count + $0.color.place } ?? Self.presenceCounts[0]
      },
    ]
    patchClasses = try zip(ofPatches, Self.patchClassCounts).map { places, count in
      try Tensor.oneHot(places, count: count)
        .reshaped([scenes.count, patches * patches, count])
    }
  }

  /// 1 for each pair of a shape and a colour that is among `pairs`, else 0, `[N, 36]`.
  static func kinds(_ pairs: [[(shape: Shape, color: Color)]]) throws -> Tensor {
    let values = pairs.flatMap { pairs in
      Shape.allCases.flatMap { shape in
        Color.allCases.map { color -> Float in
          pairs.contains { $0.shape == shape && $0.color == color } ? 1 : 0
        }
      }
    }
    return try Tensor(values, shape: [pairs.count, presenceCounts[0]])
  }

  /// The pairs of a shape and a colour that captions name, `[N, 36]`: a figure of which one of the
  /// two is not said names none.
  static func kinds(named requests: [Request]) throws -> Tensor {
    try kinds(
      requests.map { request in
        request.items.compactMap { item in
          guard let shape = item.shape, let color = item.color else { return nil }
          return (shape, color)
        }
      })
  }

  /// The first figure that (`x`, `y`) is nearer to than its radius.
  private static func figure(in scene: Scene, x: Double, y: Double) -> Figure? {
    scene.figures.first { figure in
      let (dx, dy) = (figure.x - x, figure.y - y)
      return dx * dx + dy * dy < figure.radius * figure.radius
    }
  }
}

extension CaseIterable where Self: Equatable {
  /// The case's place among all.
  fileprivate var place: Int {
    Self.allCases.enumerated().first { $0.element == self }?.offset ?? 0
  }
}
