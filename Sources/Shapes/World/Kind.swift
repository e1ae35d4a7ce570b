/// What a figure is: a colour and a shape.
struct Kind: Sendable, Hashable {
  let color: Color
  let shape: Shape

  init(_ color: Color, _ shape: Shape) {
    (self.color, self.shape) = (color, shape)
  }

  static let all = Color.allCases.flatMap { color in
    Shape.allCases.map { Kind(color, $0) }
  }
}
