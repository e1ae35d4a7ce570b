internal import Foundation

/// What a component's score must reach, whatever the other components say.
public struct ScoreFloor: Sendable, Hashable {
  /// Where the floor lies.
  public enum Bound: Sendable, Hashable {
    /// At this score.
    case absolute(Double)
    /// At the median of the component's scores in the round itself, over the images that every
    /// component scores.
    case median
    /// At the median of a base's scores, which `file` holds.
    case baseMedian(file: String)
  }

  /// The component.
  public let component: String

  /// Where the floor lies.
  public let bound: Bound

  /// A floor.
  public init(_ component: String, _ bound: Bound) {
    self.component = component
    self.bound = bound
  }

  /// Reads `clip>=0.2`, `clip>=median` or `clip>=median:FILE`.
  ///
  /// - Throws: ``MixingError/badFloor(_:reason:)``.
  public init(parsing text: String) throws {
    guard let sign = text.range(of: ">=") else {
      throw MixingError.badFloor(text, reason: "there is no >= in it")
    }
    let component = text[..<sign.lowerBound].trimmed
    let bound = text[sign.upperBound...].trimmed
    guard !component.isEmpty else {
      throw MixingError.badFloor(text, reason: "no reward is named before >=")
    }
    self.component = component
    if bound == "median" {
      self.bound = .median
    } else if bound.hasPrefix("median:") {
      let file = String(bound.dropFirst("median:".count))
      guard !file.isEmpty else {
        throw MixingError.badFloor(text, reason: "no file is named after median:")
      }
      self.bound = .baseMedian(file: file)
    } else if let number = Double(bound), number.isFinite {
      self.bound = .absolute(number)
    } else {
      throw MixingError.badFloor(text, reason: "after >= stands neither a number nor median")
    }
  }

  /// The median: the middle score, or the mean of the two middle ones; nil where there is none.
  public static func median(of scores: [Double]) -> Double? {
    guard !scores.isEmpty else { return nil }
    let sorted = scores.sorted()
    let middle = sorted.count / 2
    guard sorted.count.isMultiple(of: 2) else { return sorted[middle] }
    return sorted[middle - 1] / 2 + sorted[middle] / 2
  }
}

extension Substring {
  /// The text without white space around it.
  var trimmed: String {
    let start = drop { $0.isWhitespace }
    guard let end = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return String(start[...end])
  }
}
