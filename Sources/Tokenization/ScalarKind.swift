/// What the patterns of GPT-2's and CLIP's tokenizers distinguish: `\p{L}`, `\p{N}`, `\s`, the
/// rest.
///
/// The published tokenizers run on Oniguruma, whose tables are Unicode 16. Scalars that a newer
/// Unicode assigned count as unassigned here too, or the same text would get other tokens.
enum ScalarKind {
  case letter
  case number
  case space
  case other

  init(_ scalar: Unicode.Scalar) {
    if scalar.isASCII {
      self.init(ascii: UInt8(truncatingIfNeeded: scalar.value))
      return
    }
    let properties = scalar.properties
    switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
      self = Self.isKnown(properties) ? .letter : .other
    case .decimalNumber, .letterNumber, .otherNumber:
      self = Self.isKnown(properties) ? .number : .other
    default:
      self = properties.isWhitespace ? .space : .other
    }
  }

  private init(ascii byte: UInt8) {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"):
      self = .letter
    case UInt8(ascii: "0")...UInt8(ascii: "9"):
      self = .number
    case 0x09...0x0D, 0x20:
      self = .space
    default:
      self = .other
    }
  }

  private static func isKnown(_ properties: Unicode.Scalar.Properties) -> Bool {
    guard let age = properties.age else { return false }
    return age.major <= 16
  }
}
