/// The colours that a figure can have, far enough apart in hue to be told from each other.
package enum Color: String, Sendable, CaseIterable, Codable {
  case red, orange, yellow, green, blue, purple

  /// Red, green and blue in 0…1, sRGB.
  package var rgb: SIMD3<Float> {
    switch self {
    case .red: [0.87, 0.13, 0.13]
    case .orange: [0.96, 0.53, 0.06]
    case .yellow: [0.95, 0.83, 0.10]
    case .green: [0.13, 0.65, 0.25]
    case .blue: [0.15, 0.33, 0.88]
    case .purple: [0.58, 0.20, 0.75]
    }
  }
}
