/// The settings that one source gives: a file, or the flags of the command line.
package struct RecipeLayer: Sendable {
  /// A value and where it comes from.
  struct Setting: Sendable {
    let value: RecipeValue
    /// `recipes/x.yaml, line 12`, or `--steps`.
    let place: String
  }

  /// What relative paths are relative to, from the root.
  let folder: String

  /// What is given; every other key stays as it was.
  private(set) var settings: [RecipeKey: Setting] = [:]

  /// No settings yet.
  ///
  /// - Parameter folder: what relative paths are relative to, from the root.
  package init(folder: String) {
    self.folder = folder
  }

  /// Gives a key a value.
  ///
  /// - Parameter place: where the value comes from, for messages.
  /// - Throws: ``RecipeError/wrongValue(_:key:place:expected:)``.
  package mutating func set(_ key: RecipeKey, to value: RecipeValue, by place: String) throws {
    var value = value
    if key.split != nil {
      switch value {
      case .text(let path): value = .prompts(.file(path))
      case .texts(let texts): value = .prompts(.texts(texts))
      case .none, .prompts: break
      }
    } else {
      var scratch = Recipe()
      guard key.binding.read(value, &scratch) else {
        throw RecipeError.wrongValue(
          value.shown, key: key.rawValue, place: place, expected: key.binding.expected)
      }
    }
    settings[key] = Setting(value: value, place: place)
  }

  /// Gives a key a text, a number or true or false, where there is one.
  ///
  /// - Throws: ``RecipeError/wrongValue(_:key:place:expected:)``.
  package mutating func set(
    _ key: RecipeKey, to value: (some LosslessStringConvertible)?, by place: String
  ) throws {
    guard let value else { return }
    try set(key, to: .text(String(value)), by: place)
  }

  /// Gives a key a list of texts, where there is a text.
  ///
  /// - Throws: ``RecipeError/wrongValue(_:key:place:expected:)``.
  package mutating func set(_ key: RecipeKey, to values: [String], by place: String) throws {
    guard !values.isEmpty else { return }
    try set(key, to: .texts(values), by: place)
  }

  /// Whether the source says anything of `key`.
  package func gives(_ key: RecipeKey) -> Bool { settings[key] != nil }

  /// The text that the source gives a key, a path already from the root; nil for none.
  package func text(of key: RecipeKey) -> String? {
    guard case .text(let text)? = value(of: key) else { return nil }
    return text
  }

  /// The value that the source gives a key, a path already from the root; nil for none.
  func value(of key: RecipeKey) -> RecipeValue? {
    guard let value = settings[key]?.value else { return nil }
    guard case .text(let text) = value, !text.isEmpty else { return value }
    return switch key.binding.path {
    case nil: value
    case .file: .text(RecipePath.absolute(text, in: folder))
    case .fileOrHub: .text(RecipePath.absoluteOrName(text, in: folder))
    }
  }
}
