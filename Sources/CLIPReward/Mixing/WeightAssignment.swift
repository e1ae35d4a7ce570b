/// `--weight NAME=NUMBER`.
public struct WeightAssignment: Sendable, Equatable {
  /// The component.
  public let component: String

  /// What its scores are multiplied by.
  public let weight: Double

  /// Reads a weight.
  ///
  /// - Throws: ``MixingError/badWeight(_:reason:)``.
  public init(parsing text: String) throws {
    guard let sign = text.lastIndex(of: "="), sign != text.startIndex else {
      throw MixingError.badWeight(text, reason: "no reward is named before =")
    }
    component = text[..<sign].trimmed
    guard let weight = Double(text[text.index(after: sign)...].trimmed), weight.isFinite else {
      throw MixingError.badWeight(text, reason: "after = stands no number")
    }
    self.weight = weight
  }
}
