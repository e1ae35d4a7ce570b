package import Foundation

/// A flat JSON configuration, read key by key with errors that name the file, the key, what is
/// there and what is accepted.
///
/// `null` counts as absent, and `NaN` and `-Infinity` are numbers, as diffusers has it. The file
/// remembers what was asked for: ``unreadKeys`` shows what nobody did.
package final class ConfigurationFile {
  /// What messages call the file.
  package let path: String

  private let values: [String: JSONValue]
  private var askedKeys: Set<String> = []

  /// Reads the file at `path`.
  ///
  /// - Throws: ``FileError`` and ``ConfigurationError``.
  package convenience init(_ path: String) throws {
    try self.init(WholeFile.bytes(of: path, limit: JSONValue.maximumLength), path: path)
  }

  /// Reads the JSON object in `bytes`.
  ///
  /// - Throws: ``ConfigurationError``.
  package convenience init(_ bytes: some ContiguousBytes, path: String) throws {
    let value: JSONValue
    do {
      value = try JSONValue(parsing: bytes, acceptsNonFinite: true)
    } catch let error as JSONError {
      throw ConfigurationError.malformed(file: path, line: error.line, reason: error.reason)
    }
    guard case .object(let members) = value else {
      throw ConfigurationError.notAnObject(file: path)
    }
    let values = members.map { ($0.key, $0.value) }
    self.init(Dictionary(values, uniquingKeysWith: { _, last in last }), path: path)
  }

  /// Values that come from elsewhere than a file of their own, such as the known ones of a
  /// single-file checkpoint.
  package init(_ values: [String: JSONValue], path: String) {
    self.path = path
    self.values = values
  }

  /// A copy with other values under some keys.
  package func replacing(_ changes: [String: JSONValue]) -> ConfigurationFile {
    ConfigurationFile(values.merging(changes) { _, new in new }, path: path)
  }

  /// Keys that nothing asked for, sorted; notes of the program that wrote the file, such as
  /// `_diffusers_version`, are not among them.
  package var unreadKeys: [String] {
    values.keys.filter { !askedKeys.contains($0) && !$0.hasPrefix("_") }.sorted()
  }

  /// The value of `key`, whatever it is; nil where it is absent or null.
  package subscript(key: String) -> JSONValue? {
    askedKeys.insert(key)
    guard let value = values[key], !value.isNull else { return nil }
    return value
  }

  /// Whether `key` has a value.
  package func contains(_ key: String) -> Bool { self[key] != nil }

  /// What `read` makes of `key` where that has a value: `try file.optional("eta") { try
  /// file.number($0) }`.
  package func optional<Value>(_ key: String, _ read: (String) throws -> Value) throws -> Value? {
    contains(key) ? try read(key) : nil
  }

  // MARK: One value

  /// A whole number; `range` says which.
  package func integer(
    _ key: String, in range: ClosedRange<Int>? = nil, default fallback: Int? = nil
  ) throws -> Int {
    let bounds = range.map { " from \($0.lowerBound) to \($0.upperBound)" } ?? ""
    return try read(key, fallback, "a whole number" + bounds) { value in
      Self.integer(value).flatMap { range?.contains($0) ?? true ? $0 : nil }
    }
  }

  /// A whole number that can be a size.
  package func positive(_ key: String, default fallback: Int? = nil) throws -> Int {
    try read(key, fallback, "a whole number above 0 and below 65536") {
      Self.integer($0).flatMap { (1..<65536).contains($0) ? $0 : nil }
    }
  }

  /// A number; `expected` says in words which ones `isAccepted` takes.
  package func number(
    _ key: String, default fallback: Double? = nil, expected: String = "a number",
    where isAccepted: (Double) -> Bool = \.isFinite
  ) throws -> Double {
    try read(key, fallback, expected) { value in
      value.number.flatMap { isAccepted($0) ? $0 : nil }
    }
  }

  /// `true` or `false`.
  package func bool(_ key: String, default fallback: Bool? = nil) throws -> Bool {
    try read(key, fallback, "true or false", \.bool)
  }

  /// A text.
  package func string(_ key: String, default fallback: String? = nil) throws -> String {
    try read(key, fallback, "a text", \.string)
  }

  /// One of a type's named values.
  package func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ key: String, default fallback: Choice? = nil
  ) throws -> Choice {
    if !contains(key), let fallback { return fallback }
    let name = try choice(key, of: Choice.allCases.map(\.rawValue))
    guard let choice = Choice(rawValue: name) else { throw wrong(key, expected: "a known name") }
    return choice
  }

  /// One of `names`.
  package func choice(
    _ key: String, of names: [String], default fallback: String? = nil
  ) throws -> String {
    guard let value = self[key] else { return try missing(key, fallback) }
    guard let name = value.string, names.contains(name) else {
      throw unsupported(key, accepted: names)
    }
    return name
  }

  // MARK: Lists

  /// A list of texts.
  package func strings(_ key: String, default fallback: [String]? = nil) throws -> [String] {
    try read(key, fallback, "a list of texts") { Self.list($0, \.string) }
  }

  /// A list of sizes, one at least; more than 32 of them describe no network.
  package func positives(_ key: String, default fallback: [Int]? = nil) throws -> [Int] {
    try read(key, fallback, "a list of 1 to 32 whole numbers above 0 and below 65536") {
      guard let list = Self.list($0, Self.integer), (1...32).contains(list.count),
        list.allSatisfy({ (1..<65536).contains($0) })
      else { return nil }
      return list
    }
  }

  /// One number for each of `count` blocks, given as a list or as one number for all.
  package func perBlock(_ key: String, count: Int, default fallback: Int? = nil) throws -> [Int] {
    if case .array? = self[key] {
      let list = try positives(key)
      guard list.count == count else {
        throw wrong(key, expected: "one number or \(count) of them")
      }
      return list
    }
    return Array(repeating: try positive(key, default: fallback), count: count)
  }

  /// A list of numbers; `expected` says in words which ones `areAccepted` takes.
  package func numbers(
    _ key: String, expected: String = "a list of numbers",
    where areAccepted: ([Double]) -> Bool = { $0.allSatisfy(\.isFinite) }
  ) throws -> [Double] {
    try read(key, nil, expected) { value in
      Self.list(value, \.number).flatMap { areAccepted($0) ? $0 : nil }
    }
  }

  // MARK: Refusing

  /// Refuses every value of `key` but `accepted`; absent counts as accepted.
  package func require(_ key: String, _ accepted: JSONValue...) throws {
    guard let value = self[key], !accepted.contains(value) else { return }
    throw unsupported(key, accepted: accepted.isEmpty ? ["null"] : accepted.map(\.text))
  }

  /// The error that says `key` should be something else.
  package func wrong(_ key: String, expected: String) -> ConfigurationError {
    .wrongValue(shown(key), key: key, file: path, expected: expected)
  }

  /// The error that says `key` asks for what is not done here, and why or what else to do.
  package func refused(_ key: String, because reason: String) -> ConfigurationError {
    .refused(shown(key), key: key, file: path, reason: reason)
  }

  private func unsupported(_ key: String, accepted: [String]) -> ConfigurationError {
    .unsupported(
      shown(key), key: key, file: path, accepted: accepted.joined(separator: ", "))
  }

  private func shown(_ key: String) -> String { self[key]?.text.printable ?? "absent" }

  private func read<Value>(
    _ key: String, _ fallback: Value?, _ expected: String, _ convert: (JSONValue) -> Value?
  ) throws -> Value {
    guard let value = self[key] else { return try missing(key, fallback) }
    guard let converted = convert(value) else { throw wrong(key, expected: expected) }
    return converted
  }

  private func missing<Value>(_ key: String, _ fallback: Value?) throws -> Value {
    guard let fallback else { throw ConfigurationError.missingKey(key, file: path) }
    return fallback
  }

  /// A whole number, however it is written.
  private static func integer(_ value: JSONValue) -> Int? {
    value.integer ?? value.number.flatMap { Int(exactly: $0) }
  }

  private static func list<Value>(_ value: JSONValue, _ convert: (JSONValue) -> Value?)
    -> [Value]?
  {
    guard let values = value.array else { return nil }
    let converted = values.compactMap(convert)
    return converted.count == values.count ? converted : nil
  }
}
