/// How the points of a figure are coloured, in the figure's own frame.
///
/// Lengths are in radii of the figure unless they say pixels.
struct Paint {
  private let style: Style
  private let color: SIMD3<Float>
  private let tint: SIMD3<Float>

  /// How wide an outlined figure's border is.
  private static let border: Float = 0.16
  /// From one stripe to the next; stripe and gap are equally wide.
  private static let stripePeriod: Float = 0.64
  /// From one dot to the next, along both axes.
  private static let dotPeriod: Float = 0.62
  /// How large the dots are.
  private static let dotRadius: Float = 0.2

  init(_ color: Color, _ style: Style) {
    self.style = style
    let pale = SIMD3<Float>(repeating: 0.95)
    self.color = style == .pastel ? (color.rgb + pale) / 2 : color.rgb
    tint = color.rgb * 0.4 + 0.6
  }

  /// The share of a pixel that the figure covers, 0…1.
  ///
  /// - Parameters:
  ///   - distance: how far inside of the border the pixel's middle is.
  ///   - radius: the figure's, in pixels.
  func coverage(distance: Float, radius: Float) -> Float {
    let share = Self.share(distance * radius)
    guard style == .outlined else { return share }
    return share - Self.share((distance - Self.border) * radius)
  }

  /// The colour at a point, 0…1.
  ///
  /// - Parameters:
  ///   - x: from the figure's middle to the right.
  ///   - y: from the figure's middle downwards.
  ///   - radius: the figure's, in pixels.
  func rgb(x: Float, y: Float, radius: Float) -> SIMD3<Float> {
    let inside: Float
    switch style {
    case .solid, .outlined, .pastel: return color
    case .striped:
      let across = (x + y) * Float(0.5).squareRoot() / Self.stripePeriod
      inside = (0.25 - abs(Self.wrapped(across - 0.25))) * Self.stripePeriod
    case .dotted:
      let (right, down) = (Self.wrapped(x / Self.dotPeriod), Self.wrapped(y / Self.dotPeriod))
      inside = Self.dotRadius - (right * right + down * down).squareRoot() * Self.dotPeriod
    }
    return tint + (color - tint) * Self.share(inside * radius)
  }

  /// The share of a pixel that lies inside of a straight border, 0…1, where its middle is `pixels`
  /// inside.
  private static func share(_ pixels: Float) -> Float {
    min(max(pixels + 0.5, 0), 1)
  }

  /// What is left of `value` without the nearest whole number, -0.5…0.5.
  private static func wrapped(_ value: Float) -> Float {
    value - value.rounded()
  }
}
