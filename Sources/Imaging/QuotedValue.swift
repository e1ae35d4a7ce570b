/// The quoting of values in generation parameters: JSON's, where a bare value would be misread.
enum QuotedValue {
  /// The value as it is written.
  ///
  /// The web UI quotes values with a comma, a colon or a line feed. Here those with quotes around
  /// them or white space at an end are quoted too, which its reader undoes all the same.
  static func quoted(_ value: String) -> String {
    let scalars = Array(value.unicodeScalars)
    let isMisread =
      scalars.contains { $0 == "," || $0 == ":" || $0 == "\n" || $0 == "\r" }
      || scalars.first.map { isSpace($0) || $0 == "\"" } ?? false
      || scalars.last.map(isSpace) ?? false
    guard isMisread else { return value }
    return "\"" + scalars.map(escaped).joined() + "\""
  }

  /// The value behind what is written: JSON strings are unquoted, everything else is left as it is.
  static func unquoted(_ written: ArraySlice<Unicode.Scalar>) -> String {
    guard written.count >= 2, written.first == "\"", written.last == "\"",
      let value = parse(written.dropFirst().dropLast())
    else {
      var text = String.UnicodeScalarView()
      text.append(contentsOf: written)
      return String(text)
    }
    return value
  }

  private static func escaped(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\"": return "\\\""
    case "\\": return "\\\\"
    case "\n": return "\\n"
    case "\r": return "\\r"
    case "\t": return "\\t"
    case "\u{8}": return "\\b"
    case "\u{C}": return "\\f"
    default:
      guard scalar.value < 0x20 else { return String(Character(scalar)) }
      let digits = String(scalar.value, radix: 16)
      return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }
  }

  /// The inside of a JSON string; nil where it breaks JSON's rules. A lone surrogate becomes
  /// U+FFFD.
  private static func parse(_ inside: ArraySlice<Unicode.Scalar>) -> String? {
    var units: [UInt16] = []
    var rest = inside
    while let scalar = rest.popFirst() {
      guard scalar == "\\" else {
        guard scalar.value >= 0x20, scalar != "\"" else { return nil }
        units += Array(UTF16.encode(scalar) ?? .init())
        continue
      }
      guard let letter = rest.popFirst() else { return nil }
      switch letter {
      case "\"", "\\", "/": units.append(UInt16(letter.value))
      case "n": units.append(0x0A)
      case "r": units.append(0x0D)
      case "t": units.append(0x09)
      case "b": units.append(0x08)
      case "f": units.append(0x0C)
      case "u":
        guard rest.count >= 4, let unit = hexadecimal(rest.prefix(4)) else { return nil }
        rest = rest.dropFirst(4)
        units.append(unit)
      default: return nil
      }
    }
    return String(decoding: units, as: UTF16.self)
  }

  private static func hexadecimal(_ digits: ArraySlice<Unicode.Scalar>) -> UInt16? {
    var value: UInt16 = 0
    for digit in digits {
      guard let next = Character(digit).hexDigitValue, digit.isASCII else { return nil }
      value = value << 4 | UInt16(next)
    }
    return value
  }

  /// White space as Python's `str.strip` and `\s` have it.
  static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isWhitespace || (0x1C...0x1F).contains(scalar.value)
  }
}
