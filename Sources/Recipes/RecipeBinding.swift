internal import Foundation

/// How a key's value is read into a recipe, and written from it.
struct RecipeBinding: Sendable {
  /// What a path may be.
  enum Path: Sendable {
    /// A file or folder.
    case file
    /// A file or folder, or the name of a model of the hub.
    case fileOrHub
  }

  typealias Key<Value> = any WritableKeyPath<Recipe, Value> & Sendable

  /// What the value must be, in words.
  let expected: String

  /// Whether the value is a path.
  var path: Path?

  /// Puts a value in its place; false where it is none that the key can have.
  let read: @Sendable (RecipeValue, inout Recipe) -> Bool

  /// The value that a recipe has.
  let show: @Sendable (Recipe) -> RecipeValue

  /// A value that is written as one text.
  static func scalar<Value>(
    _ key: Key<Value>, _ expected: String, parse: @escaping @Sendable (String) -> Value?,
    write: @escaping @Sendable (Value) -> String
  ) -> RecipeBinding {
    RecipeBinding(expected: expected) { value, recipe in
      guard case .text(let text) = value, let parsed = parse(text) else { return false }
      recipe[keyPath: key] = parsed
      return true
    } show: {
      .text(write($0[keyPath: key]))
    }
  }

  /// A value that is written as one text, or null.
  static func optional<Value>(
    _ key: Key<Value?>, _ expected: String, parse: @escaping @Sendable (String) -> Value?,
    write: @escaping @Sendable (Value) -> String
  ) -> RecipeBinding {
    RecipeBinding(expected: "\(expected), or null") { value, recipe in
      switch value {
      case .none: recipe[keyPath: key] = nil
      case .text(let text):
        guard let parsed = parse(text) else { return false }
        recipe[keyPath: key] = parsed
      case .texts, .prompts: return false
      }
      return true
    } show: {
      $0[keyPath: key].map { .text(write($0)) } ?? .none
    }
  }
}

// MARK: Numbers

extension RecipeBinding {
  /// Which numbers a key takes.
  enum Bounds: String {
    case positive = "a number above 0"
    case nonNegative = "a number of at least 0"
    case share = "a number from 0 to 1"
    case properShare = "a number from 0 to below 1"

    func contains(_ number: Double) -> Bool {
      guard number.isFinite else { return false }
      return switch self {
      case .positive: number > 0
      case .nonNegative: number >= 0
      case .share: (0...1).contains(number)
      case .properShare: (0..<1).contains(number)
      }
    }

    @Sendable func parse(_ text: String) -> Double? {
      Double(text).flatMap { contains($0) ? $0 : nil }
    }
  }

  static func number(_ key: Key<Double>, _ bounds: Bounds) -> RecipeBinding {
    scalar(key, bounds.rawValue, parse: { bounds.parse($0) }, write: { "\($0)" })
  }

  static func number(_ key: Key<Double?>, _ bounds: Bounds) -> RecipeBinding {
    optional(key, bounds.rawValue, parse: { bounds.parse($0) }, write: { "\($0)" })
  }

  static func integer(_ key: Key<Int>, _ range: ClosedRange<Int>) -> RecipeBinding {
    scalar(key, words(range), parse: { Self.integer($0, range) }, write: { "\($0)" })
  }

  static func integer(_ key: Key<Int?>, _ range: ClosedRange<Int>) -> RecipeBinding {
    optional(key, words(range), parse: { Self.integer($0, range) }, write: { "\($0)" })
  }

  private static func integer(_ text: String, _ range: ClosedRange<Int>) -> Int? {
    Int(text).flatMap { range.contains($0) ? $0 : nil }
  }

  private static func words(_ range: ClosedRange<Int>) -> String {
    "a whole number from \(range.lowerBound) to \(range.upperBound)"
  }
}

// MARK: Texts

extension RecipeBinding {
  static func text(_ key: Key<String>) -> RecipeBinding {
    scalar(key, "a text", parse: { $0 }, write: { $0 })
  }

  static func path(_ key: Key<String?>, _ path: Path = .file) -> RecipeBinding {
    let words = path == .file ? "a path" : "a path or the name of a model of the hub"
    var binding = optional(key, words, parse: { $0.isEmpty ? nil : $0 }, write: { $0 })
    binding.path = path
    return binding
  }

  static func choice(_ key: Key<String>, _ names: [String]) -> RecipeBinding {
    scalar(
      key, list(names), parse: { names.contains($0) ? $0 : nil }, write: { $0 })
  }

  static func choice(_ key: Key<String?>, _ names: [String]) -> RecipeBinding {
    optional(
      key, list(names), parse: { names.contains($0) ? $0 : nil }, write: { $0 })
  }

  /// A list of texts; one text counts as a list of one.
  static func texts(_ key: Key<[String]>, mayBeEmpty: Bool = true) -> RecipeBinding {
    RecipeBinding(
      expected: "a list of texts that are not empty" + (mayBeEmpty ? "" : ", one at least")
    ) {
      value, recipe in
      guard let texts = texts(in: value), mayBeEmpty || !texts.isEmpty else { return false }
      recipe[keyPath: key] = texts
      return true
    } show: {
      .texts($0[keyPath: key])
    }
  }

  /// The texts of a value that may be a list of them; nil where it is none, or where one is empty
  /// or holds a NUL.
  static func texts(in value: RecipeValue) -> [String]? {
    let texts: [String]
    switch value {
    case .text(let text): texts = [text]
    case .texts(let list): texts = list
    case .none, .prompts: return nil
    }
    let isRefused = texts.contains {
      $0.contains("\0") || $0.allSatisfy(\.isWhitespace)
    }
    return isRefused ? nil : texts
  }

  static func flag(_ key: Key<Bool>) -> RecipeBinding {
    scalar(
      key, "true or false",
      parse: {
        switch $0.lowercased() {
        case "true", "yes", "on": true
        case "false", "no", "off": false
        default: nil
        }
      }, write: { "\($0)" })
  }

  private static func list(_ names: [String]) -> String {
    names.dropLast().joined(separator: ", ") + " or " + (names.last ?? "")
  }
}
