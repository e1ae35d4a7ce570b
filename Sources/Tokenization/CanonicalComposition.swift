import Foundation

/// Unicode normalisation form C (UAX 15), in O(n log n).
///
/// Foundation's own composes no Hangul syllable with a final consonant that follows it, and takes
/// time quadratic in the length of a run of combining marks; so it is asked about one scalar, or
/// two, at a time.
struct CanonicalComposition {
  private var result: [Unicode.Scalar] = []
  /// Marks that wait for the next starter, to be put in order first.
  private var marks: [(scalar: Unicode.Scalar, combiningClass: UInt8)] = []
  /// Where in `result` the scalar stands that the next ones may compose with.
  private var starter: Int?
  /// What two scalars make, as far as it was asked.
  private var known: [UInt64: Unicode.Scalar?] = [:]

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
    for part in String(scalar).decomposedStringWithCanonicalMapping.unicodeScalars {
      let combiningClass = part.properties.canonicalCombiningClass.rawValue
      if combiningClass == 0 {
        append(starter: part)
      } else {
        marks.append((part, combiningClass))
      }
    }
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
  private mutating func composition(
    _ first: Unicode.Scalar, _ second: Unicode.Scalar
  ) -> Unicode.Scalar? {
    // Nothing below U+0300 is the second half of a composition.
    guard second.value >= 0x300 else { return nil }
    if let syllable = Hangul.composition(first, second) { return syllable }
    let key = UInt64(first.value) << 32 | UInt64(second.value)
    if let known = known[key] { return known }
    var pair = String.UnicodeScalarView()
    pair.append(first)
    pair.append(second)
    let together = String(pair).precomposedStringWithCanonicalMapping.unicodeScalars
    let whole = together.count == 1 ? together.first : nil
    known[key] = .some(whole)
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
