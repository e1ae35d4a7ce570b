/// A strict reader of JSON (RFC 8259), value by value.
///
/// The caller pulls what it expects, so no tree is built unless ``value()`` is asked for. No input
/// can trap it: memory is bounded by the bytes read, depth by ``maximumDepth``. It borrows the
/// bytes: use it only while they are alive.
package struct JSONReader {
  /// How deep arrays and objects may nest.
  package static let maximumDepth = 64

  private let bytes: UnsafeRawBufferPointer
  private let acceptsNonFinite: Bool
  private let acceptsDuplicateKeys: Bool
  private var reader: ByteReader
  private var depth = 0

  /// - Parameters:
  ///   - bytes: UTF-8, with or without a byte order mark.
  ///   - acceptsNonFinite: takes `NaN`, `Infinity` and `-Infinity`, which Python writes.
  ///   - acceptsDuplicateKeys: hands a key that stands twice in an object over twice. Else it is an
  ///     error; keys are the same there when they are equal Swift strings, which canonically
  ///     equivalent ones are, so that a dictionary can hold what was accepted.
  package init(
    _ bytes: UnsafeRawBufferPointer, acceptsNonFinite: Bool = false,
    acceptsDuplicateKeys: Bool = false
  ) {
    self.bytes = bytes
    self.acceptsNonFinite = acceptsNonFinite
    self.acceptsDuplicateKeys = acceptsDuplicateKeys
    reader = ByteReader(bytes, at: bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0)
  }

  // MARK: Values

  /// Reads an object; `member` gets each key and must read its value.
  package mutating func object(_ member: (inout JSONReader, String) throws -> Void) throws {
    try open("{", "an object")
    var keys = Set<String>()
    if !skip("}") {
      repeat {
        let key = try text("a key in quotes")
        guard acceptsDuplicateKeys || keys.insert(key).inserted else {
          throw problem(.duplicateKey(key))
        }
        guard skip(":") else { throw expected("':'") }
        try member(&self, key)
      } while skip(",")
      guard skip("}") else { throw expected("',' or '}'") }
    }
    depth -= 1
  }

  /// Reads an array; `element` must read each element.
  package mutating func array(_ element: (inout JSONReader) throws -> Void) throws {
    try open("[", "an array")
    if !skip("]") {
      repeat {
        try element(&self)
      } while skip(",")
      guard skip("]") else { throw expected("',' or ']'") }
    }
    depth -= 1
  }

  /// Reads a string.
  package mutating func string() throws -> String {
    try text("a string")
  }

  /// Reads an integer, 0 or greater, written without sign, fraction or exponent.
  package mutating func count() throws -> Int {
    skipSpace()
    guard let first = reader.peek(), Self.isDigit(first) else {
      throw expected("a whole number, 0 or greater")
    }
    let start = reader
    let (digits, isWhole) = try numeral("a whole number")
    guard isWhole else {
      reader = start
      _ = reader.take(while: Self.isDigit)
      throw expected("a whole number, 0 or greater, to end")
    }
    guard let value = Int(digits) else { throw expected("a number below 2^63") }
    return value
  }

  /// Reads and forgets a value of any kind.
  package mutating func skipValue() throws {
    skipSpace()
    switch reader.peek() {
    case UInt8(ascii: "{"): try object { json, _ in try json.skipValue() }
    case UInt8(ascii: "["): try array { json in try json.skipValue() }
    case UInt8(ascii: "\""): _ = try string()
    default: _ = try scalar()
    }
  }

  /// Reads a value of any kind.
  package mutating func value() throws -> JSONValue {
    skipSpace()
    switch reader.peek() {
    case UInt8(ascii: "{"):
      var members: [JSONValue.Member] = []
      try object { json, key in members.append(.init(key: key, value: try json.value())) }
      return .object(members)
    case UInt8(ascii: "["):
      var elements: [JSONValue] = []
      try array { json in elements.append(try json.value()) }
      return .array(elements)
    case UInt8(ascii: "\""): return .string(try string())
    default: return try scalar()
    }
  }

  /// Checks that nothing but white space is left.
  package mutating func end() throws {
    skipSpace()
    guard reader.peek() == nil else { throw expected("the end") }
  }

  // MARK: Words and numbers

  /// What is neither object, array nor string.
  private mutating func scalar() throws -> JSONValue {
    if skip(word: "true") { return .bool(true) }
    if skip(word: "false") { return .bool(false) }
    if skip(word: "null") { return .null }
    if acceptsNonFinite {
      if skip(word: "NaN") { return .number(.nan) }
      if skip(word: "Infinity") { return .number(.infinity) }
      if skip(word: "-Infinity") { return .number(-.infinity) }
    }
    let start = reader
    let (text, isWhole) = try numeral("a value")
    if isWhole, let integer = Int(text) { return .integer(integer) }
    guard let number = Double(text), number.isFinite else {
      reader = start
      throw expected("a number within ±1.8e308")
    }
    return .number(number)
  }

  /// Reads a number as it is written; `expectation` is what an error says where there is none.
  private mutating func numeral(_ expectation: String) throws -> (text: String, isWhole: Bool) {
    let start = reader.position
    _ = reader.take(while: { $0 == UInt8(ascii: "-") }, atMost: 1)
    let digits = reader.take(while: Self.isDigit)
    if digits.count > 1, digits[0] == UInt8(ascii: "0") { throw expected("no zero in front") }
    guard !digits.isEmpty else { throw expected(expectation) }
    var isWhole = true
    if reader.take(while: { $0 == UInt8(ascii: ".") }, atMost: 1).count == 1 {
      isWhole = false
      guard !reader.take(while: Self.isDigit).isEmpty else { throw expected("a digit") }
    }
    if reader.take(while: { $0 | 0x20 == UInt8(ascii: "e") }, atMost: 1).count == 1 {
      isWhole = false
      _ = reader.take(while: { "+-".utf8.contains($0) }, atMost: 1)
      guard !reader.take(while: Self.isDigit).isEmpty else { throw expected("a digit") }
    }
    return (String(decoding: bytes[start..<reader.position], as: UTF8.self), isWhole)
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    UInt8(ascii: "0") <= byte && byte <= UInt8(ascii: "9")
  }

  // MARK: Strings

  private mutating func text(_ expectation: String) throws -> String {
    guard skip("\"") else { throw expected(expectation) }
    let whole = plain()
    if reader.peek() == UInt8(ascii: "\"") {
      _ = reader.byte()
      return try string(whole)
    }
    var content = Array(whole)
    while let byte = reader.peek() {
      switch byte {
      case UInt8(ascii: "\""):
        _ = reader.byte()
        return try string(content)
      case UInt8(ascii: "\\"):
        _ = reader.byte()
        content += try escape()
      case 0..<0x20: throw expected("no control character in a string")
      default: content += plain()
      }
    }
    throw expected("the end of a string")
  }

  /// The bytes of a string that stand for themselves.
  private mutating func plain() -> UnsafeRawBufferPointer {
    reader.take { $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
  }

  private func string(_ bytes: some Sequence<UInt8>) throws -> String {
    guard let string = String(validating: bytes, as: UTF8.self) else {
      throw expected("UTF-8 text")
    }
    return string
  }

  /// The UTF-8 bytes that the escape after a backslash stands for.
  private mutating func escape() throws -> [UInt8] {
    switch reader.byte() {
    case UInt8(ascii: "\""): return [0x22]
    case UInt8(ascii: "\\"): return [0x5C]
    case UInt8(ascii: "/"): return [0x2F]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0C]
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "u"):
      let unit = try codeUnit()
      var units = [unit]
      if UTF16.isLeadSurrogate(unit) {
        guard reader.byte() == UInt8(ascii: "\\"), reader.byte() == UInt8(ascii: "u"),
          case let second = try codeUnit(), UTF16.isTrailSurrogate(second)
        else { throw expected("the second half of a surrogate pair") }
        units.append(second)
      } else if UTF16.isTrailSurrogate(unit) {
        throw expected("the first half of a surrogate pair")
      }
      return Array(String(decoding: units, as: UTF16.self).utf8)
    default: throw expected("a valid escape")
    }
  }

  private mutating func codeUnit() throws -> UInt16 {
    var unit: UInt16 = 0
    for _ in 0..<4 {
      guard let byte = reader.byte(),
        let digit = Character(Unicode.Scalar(byte)).hexDigitValue
      else { throw expected("four hexadecimal digits") }
      unit = unit << 4 | UInt16(digit)
    }
    return unit
  }

  // MARK: Bytes

  private mutating func open(_ bracket: Unicode.Scalar, _ what: String) throws {
    guard depth < Self.maximumDepth else { throw problem(.tooDeep(limit: Self.maximumDepth)) }
    guard skip(bracket) else { throw expected(what) }
    depth += 1
  }

  private mutating func skipSpace() {
    _ = reader.take { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }
  }

  /// Passes white space and then `character`; false where something else follows.
  private mutating func skip(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard reader.peek() == UInt8(ascii: character) else { return false }
    _ = reader.byte()
    return true
  }

  /// Passes `word`; false where something else follows.
  private mutating func skip(word: StaticString) -> Bool {
    let start = reader
    if let next = reader.take(word.utf8CodeUnitCount),
      word.withUTF8Buffer({ $0.elementsEqual(next) })
    {
      return true
    }
    reader = start
    return false
  }

  private func expected(_ what: String) -> JSONError { problem(.expected(what)) }

  private func problem(_ problem: JSONError.Problem) -> JSONError {
    let newlines = bytes[..<reader.position].count { $0 == UInt8(ascii: "\n") }
    return JSONError(problem: problem, byte: reader.position, line: newlines + 1)
  }
}
