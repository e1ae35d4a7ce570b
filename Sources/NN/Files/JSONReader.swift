/// A strict reader of the JSON in safetensors headers and shard indexes (RFC 8259).
///
/// The caller pulls what it expects, so no tree is built. A key that stands twice in an object is
/// an error, where Foundation's reader would keep one of the two. Memory is bounded by the bytes
/// read, depth by ``maximumDepth``.
package struct JSONReader {
  /// How deep arrays and objects may nest.
  package static let maximumDepth = 32

  private let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
  private var reader: ByteReader
  private var depth = 0

  package init(_ bytes: UnsafeRawBufferPointer) {
    reader = ByteReader(bytes)
  }

  /// What is wrong with a text, and at which byte of it.
  package enum Problem: Error, CustomStringConvertible, Equatable {
    case expected(String, at: Int)
    case duplicateKey(String)
    case tooDeep(at: Int)

    package var description: String {
      switch self {
      case .expected(let what, let position): "expected \(what) at byte \(position)"
      case .duplicateKey(let key): "the name \(key.printable) stands twice"
      case .tooDeep(let position): "nested too deeply at byte \(position)"
      }
    }
  }

  /// Reads an object; `member` gets each key and must read its value.
  package mutating func object(
    _ member: (inout JSONReader, String) throws -> Void
  ) throws {
    try open("{", "an object")
    var keys = Set<String>()
    if !skip("}") {
      repeat {
        let key = try string()
        guard keys.insert(key).inserted else { throw Problem.duplicateKey(key) }
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
    guard skip("\"") else { throw expected("a string") }
    var text = [UInt8]()
    while let byte = reader.byte() {
      switch byte {
      case UInt8(ascii: "\""):
        guard let string = String(strictUTF8: text) else { throw expected("UTF-8 text") }
        return string
      case UInt8(ascii: "\\"): try text.append(contentsOf: escape())
      case 0..<0x20: throw expected("no control character")
      default: text.append(byte)
      }
    }
    throw expected("the end of a string")
  }

  /// Reads an integer, 0 or greater, written without sign, fraction or exponent.
  package mutating func count() throws -> Int {
    skipSpace()
    guard let first = reader.peek(), digits.contains(first) else {
      throw expected("a whole number, 0 or greater")
    }
    var value = 0
    while let byte = reader.peek(), digits.contains(byte) {
      let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = tens.addingReportingOverflow(Int(byte - digits.lowerBound))
      guard !overflow, !carry else { throw expected("a number below 2^63") }
      value = sum
      _ = reader.byte()
      if first == digits.lowerBound { break }
    }
    if let next = reader.peek(), digits.contains(next) || ".eE".utf8.contains(next) {
      throw expected("a whole number, 0 or greater, to end")
    }
    return value
  }

  /// Reads and forgets a value of any kind.
  package mutating func skipValue() throws {
    skipSpace()
    switch reader.peek() {
    case UInt8(ascii: "{"): try object { json, _ in try json.skipValue() }
    case UInt8(ascii: "["): try array { json in try json.skipValue() }
    case UInt8(ascii: "\""): _ = try string()
    case UInt8(ascii: "t"): try literal("true")
    case UInt8(ascii: "f"): try literal("false")
    case UInt8(ascii: "n"): try literal("null")
    default: try skipNumber()
    }
  }

  /// Checks that nothing but white space is left.
  package mutating func end() throws {
    skipSpace()
    guard reader.peek() == nil else { throw expected("the end") }
  }

  private func expected(_ what: String) -> Problem { .expected(what, at: reader.position) }

  private mutating func open(_ bracket: Unicode.Scalar, _ what: String) throws {
    guard depth < Self.maximumDepth else { throw Problem.tooDeep(at: reader.position) }
    guard skip(bracket) else { throw expected(what) }
    depth += 1
  }

  private mutating func skipSpace() {
    while let byte = reader.peek(), [0x20, 0x09, 0x0A, 0x0D].contains(byte) { _ = reader.byte() }
  }

  /// Passes white space and then `character`; false where something else follows.
  private mutating func skip(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard reader.peek() == UInt8(ascii: character) else { return false }
    _ = reader.byte()
    return true
  }

  private mutating func literal(_ word: StaticString) throws {
    guard let bytes = reader.take(word.utf8CodeUnitCount),
      word.withUTF8Buffer({ $0.elementsEqual(bytes) })
    else { throw expected("\(word)") }
  }

  private mutating func skipNumber() throws {
    if reader.peek() == UInt8(ascii: "-") { _ = reader.byte() }
    try skipDigits()
    if reader.peek() == UInt8(ascii: ".") {
      _ = reader.byte()
      try skipDigits()
    }
    guard let mark = reader.peek(), mark | 0x20 == UInt8(ascii: "e") else { return }
    _ = reader.byte()
    if let sign = reader.peek(), sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") {
      _ = reader.byte()
    }
    try skipDigits()
  }

  private mutating func skipDigits() throws {
    guard let first = reader.peek(), digits.contains(first) else { throw expected("a value") }
    while let byte = reader.peek(), digits.contains(byte) { _ = reader.byte() }
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
    guard let bytes = reader.take(4), let digits = String(strictUTF8: bytes),
      digits.utf8.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
      let unit = UInt16(digits, radix: 16)
    else { throw expected("four hexadecimal digits") }
    return unit
  }
}
