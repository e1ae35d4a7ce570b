/// Reads JSON (RFC 8259) strictly, in one pass, with nesting bounded so that no input can exhaust
/// the stack.
struct JSONReader {
  let bytes: [UInt8]
  let file: String
  private var position = 0

  private static let deepest = 128

  init(bytes: [UInt8], file: String) {
    self.bytes = bytes
    self.file = file
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
      position = 3
    }
  }

  mutating func document() throws -> JSONValue {
    let result = try value(depth: 0)
    skipSpace()
    guard position == bytes.count else {
      throw malformed("something follows the end of the value")
    }
    return result
  }

  // MARK: Values

  private mutating func value(depth: Int) throws -> JSONValue {
    guard depth < Self.deepest else {
      throw malformed("nested more than \(Self.deepest) deep")
    }
    skipSpace()
    switch try next() {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try literal("rue", .bool(true))
    case UInt8(ascii: "f"): return try literal("alse", .bool(false))
    case UInt8(ascii: "n"): return try literal("ull", .null)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
    default:
      position -= 1
      throw malformed("a value was expected")
    }
  }

  private mutating func object(depth: Int) throws -> JSONValue {
    var members: [JSONValue.Member] = []
    skipSpace()
    if take(UInt8(ascii: "}")) { return .object(members) }
    while true {
      skipSpace()
      guard take(UInt8(ascii: "\"")) else { throw malformed("a key in quotes was expected") }
      let key = try string()
      skipSpace()
      guard take(UInt8(ascii: ":")) else { throw malformed("a colon was expected after a key") }
      members.append(.init(key: key, value: try value(depth: depth + 1)))
      skipSpace()
      if take(UInt8(ascii: "}")) { return .object(members) }
      guard take(UInt8(ascii: ",")) else { throw malformed("a comma or } was expected") }
    }
  }

  private mutating func array(depth: Int) throws -> JSONValue {
    var elements: [JSONValue] = []
    skipSpace()
    if take(UInt8(ascii: "]")) { return .array(elements) }
    while true {
      elements.append(try value(depth: depth + 1))
      skipSpace()
      if take(UInt8(ascii: "]")) { return .array(elements) }
      guard take(UInt8(ascii: ",")) else { throw malformed("a comma or ] was expected") }
    }
  }

  private mutating func literal(_ rest: String, _ value: JSONValue) throws -> JSONValue {
    for byte in rest.utf8 {
      guard take(byte) else { throw malformed("a value was expected") }
    }
    return value
  }

  private mutating func number() throws -> JSONValue {
    let start = position - 1
    let inNumber: (UInt8) -> Bool = { byte in
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "e"),
        UInt8(ascii: "E"), UInt8(ascii: "+"), UInt8(ascii: "-"):
        true
      default: false
      }
    }
    while position < bytes.count, inNumber(bytes[position]) {
      position += 1
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if let integer = Int(text) { return .integer(integer) }
    guard let number = Double(text) else { throw malformed("\(text) is not a number") }
    return .number(number)
  }

  // MARK: Strings

  /// The string whose opening quote was just read.
  private mutating func string() throws -> String {
    var content: [UInt8] = []
    while true {
      let start = position
      while position < bytes.count, bytes[position] >= 0x20, bytes[position] != UInt8(ascii: "\""),
        bytes[position] != UInt8(ascii: "\\")
      {
        position += 1
      }
      content += bytes[start..<position]
      switch try next() {
      case UInt8(ascii: "\""):
        guard let text = String(validating: content, as: UTF8.self) else {
          throw malformed("a string is not UTF-8")
        }
        return text
      case UInt8(ascii: "\\"):
        content += try escape()
      default:
        position -= 1
        throw malformed("a string holds a control character that is not escaped")
      }
    }
  }

  private mutating func escape() throws -> [UInt8] {
    switch try next() {
    case UInt8(ascii: "\""): return [UInt8(ascii: "\"")]
    case UInt8(ascii: "\\"): return [UInt8(ascii: "\\")]
    case UInt8(ascii: "/"): return [UInt8(ascii: "/")]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0C]
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "u"): return try unicodeEscape()
    default: throw malformed("unknown escape in a string")
    }
  }

  private mutating func unicodeEscape() throws -> [UInt8] {
    var code = try hexadecimal()
    if (0xD800..<0xDC00).contains(code), take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) {
      let low = try hexadecimal()
      guard (0xDC00..<0xE000).contains(low) else { throw malformed("half a surrogate pair") }
      code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(code) else { throw malformed("half a surrogate pair") }
    return Array(String(scalar).utf8)
  }

  private mutating func hexadecimal() throws -> UInt32 {
    var code: UInt32 = 0
    for _ in 0..<4 {
      guard let digit = Character(Unicode.Scalar(try next())).hexDigitValue else {
        throw malformed("\\u needs four hexadecimal digits")
      }
      code = code << 4 | UInt32(digit)
    }
    return code
  }

  // MARK: Bytes

  private mutating func next() throws -> UInt8 {
    guard position < bytes.count else { throw malformed("the text ends too early") }
    position += 1
    return bytes[position - 1]
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard position < bytes.count, bytes[position] == byte else { return false }
    position += 1
    return true
  }

  private mutating func skipSpace() {
    while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) {
      position += 1
    }
  }

  private func malformed(_ reason: String) -> TokenizationError {
    let newlines = bytes[..<position].count { $0 == UInt8(ascii: "\n") }
    return .malformedJSON(file: file, line: newlines + 1, reason: reason)
  }
}
