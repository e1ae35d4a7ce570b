internal import Shapes
internal import Torch

/// What captions say, as classifiers' targets.
///
/// Whoever can tell the first figure's colour from the second's has bound colours to shapes.
struct CaptionFacts {
  /// 1 for the right class of each group, else 0, `[B, classes]`: colour and shape of the first, the
  /// second and the third figure, then relation, style and background.
  let classes: [Tensor]

  private static let figures = 3

  /// How many classes each group has: those that have a name, one for what is not said, and for
  /// figures one for there being none.
  static let classCounts =
    Array(repeating: [Color.allCases.count + 2, Shape.allCases.count + 2], count: figures)
    .flatMap(\.self)
    + [
      Request.Relation.allCases.count + 1, Style.allCases.count + 1, Background.allCases.count + 1,
    ]

  /// What `requests` ask for.
  init(_ requests: [Request]) throws {
    var places: [[Int]] = []
    for index in 0..<Self.figures {
      let items = requests.map { $0.items.indices.contains(index) ? $0.items[index] : nil }
      places.append(items.map { $0.map { Self.place($0.color) } ?? Color.allCases.count + 1 })
      places.append(items.map { $0.map { Self.place($0.shape) } ?? Shape.allCases.count + 1 })
    }
    places.append(requests.map { Self.place($0.relation) })
    places.append(requests.map { Self.place($0.style) })
    places.append(requests.map { Self.place($0.background) })
    classes = try zip(places, Self.classCounts).map { try .oneHot($0, count: $1) }
  }

  /// The value's place among all, behind the last for none.
  private static func place<Value: CaseIterable & Equatable>(_ value: Value?) -> Int {
    Array(Value.allCases).firstIndex { $0 == value } ?? Value.allCases.count
  }
}
