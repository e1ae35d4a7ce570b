package import Foundation

/// Why a configuration cannot be used.
public enum ConfigurationError: Error, Equatable, CustomStringConvertible {
  case unreadable(file: String, reason: String)
  case missingKey(String, file: String)
  case wrongValue(String, key: String, file: String, expected: String)
  case unsupported(String, key: String, file: String, accepted: String)

  /// What is wrong, where, and what to do.
  public var description: String {
    switch self {
    case .unreadable(let file, let reason): "\(file) cannot be read: \(reason)"
    case .missingKey(let key, let file):
      "\(file) has no key “\(key)”; is it the configuration of another kind of model?"
    case .wrongValue(let value, let key, let file, let expected):
      "\(file): “\(key)” is \(value), which should be \(expected)"
    case .unsupported(let value, let key, let file, let accepted):
      "\(file): “\(key)” is \(value), which is not supported; accepted: \(accepted)"
    }
  }
}

/// A flat JSON configuration, read key by key with errors that name the file and the key. `null` counts as absent.
package struct ConfigurationFile: Sendable {
  /// What messages call the file.
  package let path: String

  private let values: [String: JSONValue]

  /// Reads the file at `path`.
  package init(_ path: String) throws {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw ConfigurationError.unreadable(
        file: path, reason: "it does not exist or may not be read")
    }
    try self.init(data, path: path)
  }

  /// Reads the JSON object in `data`.
  package init(_ data: Data, path: String) throws {
    guard let values = try? JSONDecoder().decode([String: JSONValue].self, from: data) else {
      throw ConfigurationError.unreadable(file: path, reason: "it is not a JSON object")
    }
    self.init(values, path: path)
  }

  /// Values that come from elsewhere than a file of their own, such as the known ones of a single-file checkpoint.
  package init(_ values: [String: JSONValue], path: String) {
    self.path = path
    self.values = values.filter { $0.value != .null }
  }

  package func contains(_ key: String) -> Bool { values[key] != nil }

  package subscript(key: String) -> JSONValue? { values[key] }

  package func integer(_ key: String, default fallback: Int? = nil) throws -> Int {
    try read(key, fallback, "a whole number", Self.integer)
  }

  package func positive(_ key: String, default fallback: Int? = nil) throws -> Int {
    try read(key, fallback, "a whole number above 0 and below 65536") {
      Self.integer($0).flatMap { (1..<65536).contains($0) ? $0 : nil }
    }
  }

  package func number(_ key: String, default fallback: Double? = nil) throws -> Double {
    try read(key, fallback, "a number") {
      if case .number(let value) = $0 { value } else { nil }
    }
  }

  package func bool(_ key: String, default fallback: Bool? = nil) throws -> Bool {
    try read(key, fallback, "true or false") {
      if case .bool(let value) = $0 { value } else { nil }
    }
  }

  package func string(_ key: String, default fallback: String? = nil) throws -> String {
    try read(key, fallback, "a text", Self.string)
  }

  package func strings(_ key: String, default fallback: [String]? = nil) throws -> [String] {
    try read(key, fallback, "a list of texts") { Self.list($0, Self.string) }
  }

  /// A list of positive whole numbers.
  package func positives(_ key: String, default fallback: [Int]? = nil) throws -> [Int] {
    try read(key, fallback, "a list of whole numbers above 0") {
      guard let list = Self.list($0, Self.integer), list.allSatisfy({ $0 > 0 }) else {
        return nil
      }
      return list
    }
  }

  /// One number for each of `count` blocks, given as a list or as one number for all.
  package func perBlock(_ key: String, count: Int, default fallback: Int? = nil) throws -> [Int] {
    if case .array? = values[key] {
      let list = try positives(key)
      guard list.count == count else {
        throw wrong(key, expected: "one number or \(count) of them")
      }
      return list
    }
    return Array(repeating: try positive(key, default: fallback), count: count)
  }

  package func numbers(_ key: String) throws -> [Double] {
    try read(key, nil, "a list of numbers") {
      Self.list($0) { if case .number(let value) = $0 { value } else { nil } }
    }
  }

  /// One of a type's named values.
  package func choice<Choice: RawRepresentable & CaseIterable>(
    _ key: String, default fallback: Choice? = nil
  ) throws -> Choice where Choice.RawValue == String {
    if !contains(key), let fallback { return fallback }
    let name = try string(key)
    guard let choice = Choice(rawValue: name) else {
      throw ConfigurationError.unsupported(
        "\"\(name)\"", key: key, file: path,
        accepted: Choice.allCases.map(\.rawValue).joined(separator: ", "))
    }
    return choice
  }

  /// Refuses every value of `key` but `accepted`; absent counts as accepted.
  package func require(_ key: String, _ accepted: JSONValue...) throws {
    guard let value = values[key], !accepted.contains(value) else { return }
    throw ConfigurationError.unsupported(
      value.text, key: key, file: path,
      accepted: accepted.map(\.text).joined(separator: ", "))
  }

  /// The error that says `key` should be something else.
  package func wrong(_ key: String, expected: String) -> ConfigurationError {
    .wrongValue(values[key]?.text ?? "absent", key: key, file: path, expected: expected)
  }

  private func read<Value>(
    _ key: String, _ fallback: Value?, _ expected: String, _ convert: (JSONValue) -> Value?
  ) throws -> Value {
    guard let value = values[key] else {
      guard let fallback else { throw ConfigurationError.missingKey(key, file: path) }
      return fallback
    }
    guard let converted = convert(value) else { throw wrong(key, expected: expected) }
    return converted
  }

  private static func integer(_ value: JSONValue) -> Int? {
    if case .number(let number) = value { Int(exactly: number) } else { nil }
  }

  private static func string(_ value: JSONValue) -> String? {
    if case .string(let text) = value { text } else { nil }
  }

  private static func list<Value>(_ value: JSONValue, _ convert: (JSONValue) -> Value?)
    -> [Value]?
  {
    guard case .array(let values) = value else { return nil }
    let converted = values.compactMap(convert)
    return converted.count == values.count ? converted : nil
  }
}
