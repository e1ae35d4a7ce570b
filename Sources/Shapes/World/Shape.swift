/// The outlines that a figure can have.
package enum Shape: String, Sendable, CaseIterable, Codable {
  case circle, square, triangle, star, cross, heart
}
