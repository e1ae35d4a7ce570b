import Foundation

/// A font of 7 × 13 dots, all characters equally wide: misc-fixed, as it came with the X Window
/// System.
///
/// It covers Latin (with Extended-A, -B in part, and Additional), Greek, Cyrillic, punctuation,
/// currency signs, arrows and some symbols. The font is in the public domain (X.Org's
/// font-misc-misc, Debian's xfonts-base: "Public domain font. Share and enjoy.");
/// scripts/make_font.py packed it.
package struct BitmapFont {
  /// Dots from one character to the next.
  package static let width = 7
  /// Dots from one line to the next.
  package static let height = 13

  /// What stands in one place of a line.
  package enum Cell: Equatable {
    case space
    /// The glyph's number among those the font has.
    case glyph(Int)
    /// A character that the font lacks.
    case unknown
  }

  private let glyphs: [UInt8]

  /// Unpacks the font, 20 kB.
  package init() {
    // A damaged table (a test looks for that) leaves boxes, which is no reason to end a run.
    glyphs = Data(base64Encoded: Self.encodedGlyphs).map(Array.init) ?? []
  }

  /// How many glyphs could be unpacked.
  package var glyphCount: Int { glyphs.count / Self.height }

  /// A cell a character: letters with marks are composed, white space and control characters are
  /// spaces.
  package func cells(of text: String) -> [Cell] {
    text.precomposedStringWithCanonicalMapping.compactMap { character in
      guard let scalar = character.unicodeScalars.first else { return nil }
      if character.isWhitespace || scalar.properties.generalCategory == .control { return .space }
      if scalar.properties.generalCategory == .format { return nil }
      return index(of: scalar).map(Cell.glyph) ?? .unknown
    }
  }

  /// A cell's 13 rows from the top, the leftmost dot in the highest bit.
  package func rows(of cell: Cell) -> [UInt8] {
    switch cell {
    case .space: Array(repeating: 0, count: Self.height)
    case .glyph(let index) where index < glyphCount:
      Array(glyphs[index * Self.height..<(index + 1) * Self.height])
    case .glyph, .unknown: [0, 0, 0xFC, 0x84, 0x84, 0x84, 0x84, 0x84, 0x84, 0x84, 0xFC, 0, 0]
    }
  }

  private func index(of scalar: Unicode.Scalar) -> Int? {
    var before = 0
    for range in Self.coverage {
      if range.contains(scalar.value) { return before + Int(scalar.value - range.lowerBound) }
      before += range.count
    }
    return nil
  }
}
