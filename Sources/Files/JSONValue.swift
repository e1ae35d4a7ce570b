package import Foundation

/// A JSON value, which keeps what general readers lose.
///
/// Objects stay lists in the file's order. A Swift dictionary would take two canonically equivalent
/// keys ("é" as one scalar or as two) for the same, and would hide keys that stand twice.
package enum JSONValue: Sendable {
  case null
  case bool(Bool)
  /// A number written without fraction and exponent that fits.
  case integer(Int)
  /// Any other number.
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([Member])

  /// One `key: value` of an object.
  package struct Member: Sendable, Equatable {
    package let key: String
    package let value: JSONValue

    package init(key: String, value: JSONValue) {
      self.key = key
      self.value = value
    }
  }

  /// The longest text that becomes a value, in bytes: 64 MiB, twice the largest vocabularies.
  package static let maximumLength = 1 << 26

  /// Reads a text that is one value (RFC 8259), UTF-8 with or without a byte order mark.
  ///
  /// - Parameters:
  ///   - acceptsNonFinite: takes `NaN`, `Infinity` and `-Infinity`, which Python writes.
  ///   - acceptsDuplicateKeys: keeps both members where a key stands twice in an object.
  /// - Throws: ``JSONError``.
  package init(
    parsing bytes: some ContiguousBytes, acceptsNonFinite: Bool = false,
    acceptsDuplicateKeys: Bool = false
  ) throws {
    self = try bytes.withUnsafeBytes { bytes in
      guard bytes.count <= Self.maximumLength else {
        throw JSONError(problem: .tooLong(limit: Self.maximumLength), byte: 0, line: 1)
      }
      var json = JSONReader(
        bytes, acceptsNonFinite: acceptsNonFinite, acceptsDuplicateKeys: acceptsDuplicateKeys)
      let value = try json.value()
      try json.end()
      return value
    }
  }

  // MARK: What it is

  /// The value of the last member named `key`; nil where there is none or this is no object.
  package subscript(key: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.last { $0.key == key }?.value
  }

  /// The string, where this is one.
  package var string: String? {
    if case .string(let text) = self { text } else { nil }
  }

  /// The whole number, where this is one written as such.
  package var integer: Int? {
    if case .integer(let value) = self { value } else { nil }
  }

  /// The number, where this is one of any form; a whole one may be rounded.
  package var number: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }

  /// The truth value, where this is one.
  package var bool: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }

  /// The elements, where this is an array.
  package var array: [JSONValue]? {
    if case .array(let elements) = self { elements } else { nil }
  }

  /// Whether this is `null`.
  package var isNull: Bool {
    if case .null = self { true } else { false }
  }

  /// The value as people read it: JSON, except that objects are left out and nothing is escaped.
  package var text: String {
    switch self {
    case .null: "null"
    case .bool(let value): String(value)
    case .integer(let value): String(value)
    case .number(let value): Self.text(of: value)
    case .string(let value): "\"\(value)\""
    case .array(let values): "[" + values.map(\.text).joined(separator: ", ") + "]"
    case .object: "{…}"
    }
  }

  private static func text(of number: Double) -> String {
    if number.isNaN { return "NaN" }
    if number.isInfinite { return number < 0 ? "-Infinity" : "Infinity" }
    return Int(exactly: number).map { String($0) } ?? String(number)
  }
}

extension JSONValue: Equatable {
  /// Numbers are equal by value, whichever way they are written; objects have their members in the
  /// same order.
  package static func == (one: JSONValue, other: JSONValue) -> Bool {
    switch (one, other) {
    case (.null, .null): true
    case (.bool(let one), .bool(let other)): one == other
    case (.integer(let one), .integer(let other)): one == other
    case (.number(let one), .number(let other)): one == other
    case (.integer(let whole), .number(let number)), (.number(let number), .integer(let whole)):
      Int(exactly: number) == whole
    case (.string(let one), .string(let other)): one == other
    case (.array(let one), .array(let other)): one == other
    case (.object(let one), .object(let other)): one == other
    default: false
    }
  }
}

extension JSONValue: Encodable {
  /// Writes the value; of members with one key the last counts.
  package func encode(to encoder: any Encoder) throws {
    if case .object(let members) = self {
      var container = encoder.container(keyedBy: Key.self)
      for member in members {
        try container.encode(member.value, forKey: Key(stringValue: member.key))
      }
      return
    }
    var container = encoder.singleValueContainer()
    switch self {
    case .null, .object: try container.encodeNil()
    case .bool(let value): try container.encode(value)
    case .integer(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .string(let value): try container.encode(value)
    case .array(let value): try container.encode(value)
    }
  }

  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }
}
