/// What figures lie on: one flat colour, hardly saturated, so that figures stand out of it.
package enum Background: String, Sendable, CaseIterable, Codable {
  case white, grey, black, beige

  /// Red, green and blue in 0…1, sRGB.
  package var rgb: SIMD3<Float> {
    switch self {
    case .white: [0.97, 0.97, 0.97]
    case .grey: [0.62, 0.62, 0.62]
    case .black: [0.08, 0.08, 0.08]
    case .beige: [0.90, 0.85, 0.74]
    }
  }
}
