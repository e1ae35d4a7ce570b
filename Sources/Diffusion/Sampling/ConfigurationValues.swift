internal import Foundation

/// The top level of a configuration file, read key by key; what was read is remembered.
///
/// Null is the same as absent, as in diffusers.
struct ConfigurationValues {
  /// What messages call the file.
  let file: String

  private let values: [String: Value]
  private var readKeys: Set<String> = []

  /// Reads `json`, where `-Infinity` is a number: diffusers writes it.
  init(json: Data, file: String) throws {
    let decoder = JSONDecoder()
    decoder.allowsJSON5 = true
    do {
      values = try decoder.decode([String: Value].self, from: json)
    } catch {
      throw SamplingError.unreadable(file: file, reason: "it is not a JSON object")
    }
    self.file = file
  }

  /// Keys that nothing asked for, sorted; diffusers' own notes (`_diffusers_version`) are not among them.
  var unreadKeys: [String] {
    values.keys.filter { !readKeys.contains($0) && !$0.hasPrefix("_") }.sorted()
  }

  mutating func flag(_ key: String) throws -> Bool? {
    switch take(key) {
    case nil: nil
    case .flag(let flag): flag
    case let found?: throw wrong(key, found, "true or false")
    }
  }

  mutating func text(_ key: String) throws -> String? {
    switch take(key) {
    case nil: nil
    case .text(let text): text
    case let found?: throw wrong(key, found, "a text")
    }
  }

  mutating func number(_ key: String, _ accepted: String, _ isAccepted: (Double) -> Bool) throws
    -> Double?
  {
    switch take(key) {
    case nil: return nil
    case .number(let number) where isAccepted(number): return number
    case let found?: throw wrong(key, found, accepted)
    }
  }

  mutating func integer(_ key: String, in range: ClosedRange<Int>) throws -> Int? {
    let accepted = "a whole number from \(range.lowerBound) to \(range.upperBound)"
    let bounds = Double(range.lowerBound)...Double(range.upperBound)
    return try number(key, accepted) { bounds.contains($0) && $0 == $0.rounded() }.map { Int($0) }
  }

  mutating func numbers(
    _ key: String, _ accepted: String, _ areAccepted: ([Double]) -> Bool
  ) throws -> [Double]? {
    switch take(key) {
    case nil: return nil
    case .list(let list)?:
      let numbers = list.compactMap { if case .number(let number) = $0 { number } else { nil } }
      guard numbers.count == list.count, areAccepted(numbers) else {
        throw wrong(key, .list(list), accepted)
      }
      return numbers
    case let found?: throw wrong(key, found, accepted)
    }
  }

  mutating func choice<Choice: CaseIterable & RawRepresentable<String>>(
    _ key: String, of: Choice.Type
  ) throws -> Choice? {
    try choice(key, of: Choice.allCases.map(\.rawValue)).flatMap { Choice(rawValue: $0) }
  }

  mutating func choice(_ key: String, of choices: [String]) throws -> String? {
    switch take(key) {
    case nil: return nil
    case .text(let text) where choices.contains(text): return text
    case let found?: throw wrong(key, found, Self.enumeration(choices))
    }
  }

  private mutating func take(_ key: String) -> Value? {
    readKeys.insert(key)
    guard let value = values[key], value != .null else { return nil }
    return value
  }

  private func wrong(_ key: String, _ found: Value, _ accepted: String) -> SamplingError {
    .wrongValue(file: file, key: key, found: found.description, accepted: accepted)
  }

  private static func enumeration(_ choices: [String]) -> String {
    guard let last = choices.last, choices.count > 1 else { return choices.first ?? "absent" }
    return choices.dropLast().joined(separator: ", ") + " or " + last
  }
}

extension ConfigurationValues {
  /// A value as JSON has it.
  fileprivate enum Value: Decodable, Equatable, CustomStringConvertible {
    case null
    case flag(Bool)
    case number(Double)
    case text(String)
    case list([Value])
    case object

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if container.decodeNil() {
        self = .null
      } else if let flag = try? container.decode(Bool.self) {
        self = .flag(flag)
      } else if let number = try? container.decode(Double.self) {
        self = .number(number)
      } else if let text = try? container.decode(String.self) {
        self = .text(text)
      } else if let list = try? container.decode([Value].self) {
        self = .list(list)
      } else {
        self = .object
      }
    }

    var description: String {
      switch self {
      case .null: "null"
      case .flag(let flag): "\(flag)"
      case .number(let number):
        number == number.rounded() && abs(number) < 1e15 ? "\(Int(number))" : "\(number)"
      case .text(let text): "“\(text)”"
      case .list(let list): "a list of \(list.count)"
      case .object: "an object"
      }
    }
  }
}
