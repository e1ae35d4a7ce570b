internal import Files

/// What a source says of a setting, before it is known to be sensible.
package enum RecipeValue: Sendable, Equatable {
  /// `null`: as if it had no value, whatever came before.
  case none
  /// A text, a number or true or false, as it is written.
  case text(String)
  /// A list of texts.
  case texts([String])
  /// Prompts, or where they come from.
  case prompts(PromptSource)

  /// The value as messages show it.
  var shown: String {
    switch self {
    case .none: "null"
    case .text(let text): text.isEmpty ? "empty" : text.printable
    case .texts(let texts) where texts.isEmpty: "an empty list"
    case .texts(let texts) where texts.count > 4: "\(texts.count) texts"
    case .texts(let texts): texts.joined(separator: ", ").printable
    case .prompts: "prompts"
    }
  }
}
