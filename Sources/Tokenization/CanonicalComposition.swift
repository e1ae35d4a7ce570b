import Foundation

/// Unicode normalisation form C (UAX 15) as of Unicode 9, in O(n log n).
///
/// The published tokenizers' tables are that old: a mark or a composite that came later is left as
/// it stands. Foundation's own form C leaves some signs apart from what is composite already
/// (U+AC00 and U+11A8), joins jamo that do not belong together (U+1113 and U+116E), and takes time
/// quadratic in the length of a run of marks; so it is asked only about the parts of one scalar and
/// about pairs.
struct CanonicalComposition {
  private typealias Part = (scalar: Unicode.Scalar, combiningClass: UInt8)

  private var result: [Unicode.Scalar] = []
  /// Marks that wait for the next starter, to be put in order first.
  private var marks: [Part] = []
  /// Where in `result` the scalar stands that the next ones may compose with.
  private var starter: Int?

  /// The composed form of `text`.
  static func composed(_ text: String) -> String.UnicodeScalarView {
    var composition = Self()
    for scalar in text.unicodeScalars {
      if scalar.value < 0xC0 {
        composition.append(starter: scalar)
      } else {
        composition.append(decomposing: scalar)
      }
    }
    composition.flush()
    var view = String.UnicodeScalarView()
    view.append(contentsOf: composition.result)
    return view
  }

  private mutating func append(decomposing scalar: Unicode.Scalar) {
    guard !Hangul.isSyllable(scalar) else {
      append(starter: scalar)
      return
    }
    for part in decomposition(scalar) {
      if part.combiningClass == 0 {
        append(starter: part.scalar)
      } else {
        marks.append(part)
      }
    }
  }

  private func decomposition(_ scalar: Unicode.Scalar) -> [Part] {
    guard Self.isKnown(scalar) else { return [(scalar, 0)] }
    return String(scalar).decomposedStringWithCanonicalMapping.unicodeScalars.map {
      ($0, $0.properties.canonicalCombiningClass.rawValue)
    }
  }

  private static func isKnown(_ scalar: Unicode.Scalar) -> Bool {
    guard let age = scalar.properties.age else { return false }
    return age.major <= 9
  }

  private mutating func append(starter scalar: Unicode.Scalar) {
    let isAdjacent = marks.isEmpty || flush()
    if isAdjacent, let starter, let whole = composition(result[starter], scalar) {
      result[starter] = whole
      return
    }
    starter = result.count
    result.append(scalar)
  }

  /// Puts the waiting marks in order and composes what can be.
  ///
  /// - Returns: whether none is left, so that the next scalar still touches the starter.
  @discardableResult
  private mutating func flush() -> Bool {
    let ordered = marks.enumerated().sorted { first, second in
      (first.element.combiningClass, first.offset) < (second.element.combiningClass, second.offset)
    }
    marks.removeAll(keepingCapacity: true)
    var lastClass: UInt8 = 0
    for (_, mark) in ordered {
      if let starter, lastClass < mark.combiningClass,
        let whole = composition(result[starter], mark.scalar)
      {
        result[starter] = whole
      } else {
        result.append(mark.scalar)
        lastClass = mark.combiningClass
      }
    }
    return lastClass == 0
  }

  /// The one scalar that `first` and `second` make, if they make one.
  private func composition(
    _ first: Unicode.Scalar, _ second: Unicode.Scalar
  ) -> Unicode.Scalar? {
    // Nothing below U+0300 is the second half of a composition.
    guard second.value >= 0x300 else { return nil }
    guard !Hangul.contains(second) else { return Hangul.composition(first, second) }
    var pair = String(first).decomposedStringWithCanonicalMapping
    pair.unicodeScalars.append(second)
    let together = pair.precomposedStringWithCanonicalMapping.unicodeScalars
    guard let whole = together.first, together.count == 1, Self.isKnown(whole) else { return nil }
    return whole
  }
}

/// Hangul syllables, which are composed by arithmetic (The Unicode Standard, 3.12).
private enum Hangul {
  private static let (firstSyllable, syllables): (UInt32, UInt32) = (0xAC00, 11_172)
  private static let (firstLeading, leadings): (UInt32, UInt32) = (0x1100, 19)
  private static let (firstVowel, vowels): (UInt32, UInt32) = (0x1161, 21)
  /// One before the first final consonant; counts "none" as one of 28.
  private static let (finalBase, finals): (UInt32, UInt32) = (0x11A7, 28)

  static func isSyllable(_ scalar: Unicode.Scalar) -> Bool {
    (firstSyllable..<firstSyllable + syllables).contains(scalar.value)
  }

  /// Whether `scalar` is a letter of the jamo block; only these follow in a composition.
  static func contains(_ scalar: Unicode.Scalar) -> Bool {
    (0x1100...0x11FF).contains(scalar.value)
  }

  static func composition(_ first: Unicode.Scalar, _ second: Unicode.Scalar) -> Unicode.Scalar? {
    let (first, second) = (first.value, second.value)
    if (firstLeading..<firstLeading + leadings).contains(first),
      (firstVowel..<firstVowel + vowels).contains(second)
    {
      let index = (first - firstLeading) * vowels + (second - firstVowel)
      return Unicode.Scalar(firstSyllable + index * finals)
    }
    if (firstSyllable..<firstSyllable + syllables).contains(first),
      (first - firstSyllable) % finals == 0,
      (finalBase + 1..<finalBase + finals).contains(second)
    {
      return Unicode.Scalar(first + second - finalBase)
    }
    return nil
  }
}
