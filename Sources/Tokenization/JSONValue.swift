/// A JSON value that keeps what a tokenizer file needs and general readers lose.
///
/// Objects stay lists in the file's order. A Swift dictionary would take two canonically equivalent
/// tokens ("é" as one scalar or as two) for the same key, and would hide tokens listed twice.
package enum JSONValue: Sendable {
  case null
  case bool(Bool)
  case integer(Int)
  /// A number that is not an `Int`: a fraction, an exponent, or too large.
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([Member])

  /// One `key: value` of an object.
  package struct Member: Sendable {
    package let key: String
    package let value: JSONValue
  }

  /// The value of the last member named `key`; nil where there is none or this is no object.
  package subscript(key: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.last { $0.key == key }?.value
  }

  /// The string, where this is one.
  package var string: String? {
    if case .string(let text) = self { text } else { nil }
  }

  /// The whole number, where this is one.
  package var integer: Int? {
    if case .integer(let value) = self { value } else { nil }
  }

  /// The truth value, where this is one.
  package var bool: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }

  /// Whether this is `null`.
  package var isNull: Bool {
    if case .null = self { true } else { false }
  }
}

extension JSONValue {
  /// Reads one JSON text (RFC 8259).
  ///
  /// - Parameters:
  ///   - bytes: the file's content, UTF-8 with or without a byte order mark.
  ///   - file: its name, for errors.
  /// - Throws: `TokenizationError.malformedJSON` with the line.
  package init(parsing bytes: [UInt8], file: String) throws {
    var reader = JSONReader(bytes: bytes, file: file)
    self = try reader.document()
  }
}
