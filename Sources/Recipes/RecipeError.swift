internal import Files

/// Why a recipe cannot be used. A file that cannot be opened is a `FileError`, and a file of
/// prompts that is none a ``PromptFileError``.
///
/// A `place` is a file with its line, or a flag.
public enum RecipeError: Error, Equatable, CustomStringConvertible {
  /// The file is not YAML.
  case malformed(place: String, reason: String)
  /// No recipe has such a key.
  case unknownKey(String, place: String, nearest: String?, known: [String])
  /// A key has a value that it cannot have.
  case wrongValue(String, key: String, place: String, expected: String)
  /// A key is given twice; `place` is where its section begins.
  case duplicateKeys([String], place: String)
  /// Settings that cannot go together.
  case contradiction([Given], reason: String)
  /// The same prompt is in two splits.
  case overlap(prompt: String, first: String, second: String)
  /// There is nothing to learn from.
  case noPrompts
  /// Too few prompts to set some apart.
  case tooFewPrompts(Int, missing: [String])
  /// A template does not fit what goes into it.
  case template(String, place: String, reason: String)
  /// A source gives no prompt.
  case emptyPrompts(place: String)
  /// No built-in recipe is called so.
  case unknownRecipe(String, known: [String], nearest: String?)
  /// There are no built-in recipes.
  case noRecipes(String, places: [String])

  /// A setting, with where it comes from.
  public struct Given: Sendable, Equatable, CustomStringConvertible {
    let key: String
    let value: String
    let place: String?

    /// The setting in words.
    public var description: String { "\(key) is \(value) (\(place ?? "by default"))" }
  }

  /// What is wrong, where, and what to do.
  public var description: String {
    switch self {
    case .malformed(let place, let reason): "\(place) is not valid YAML: \(reason)"
    case .unknownKey(let key, let place, let nearest?, _):
      "\(place): no setting is called “\(key.printable)”; did you mean “\(nearest)”?"
    case .unknownKey(let key, let place, nil, let known):
      "\(place): no setting is called “\(key.printable)”; known here are "
        + known.joined(separator: ", ")
    case .wrongValue(let value, let key, let place, let expected):
      "\(place): “\(key)” is \(value), which should be \(expected)"
    case .duplicateKeys(let keys, let place):
      "\(place): the section that begins there has “\(keys.joined(separator: "”, “"))” twice; "
        + "keep one"
    case .contradiction(let settings, let reason):
      settings.map(\.description).joined(separator: " and ") + ": \(reason)"
    case .overlap(let prompt, let first, let second):
      "the prompt “\(prompt.printable)” is in two splits, \(first) and \(second); "
        + "leave it out of one, so that what is reported was never learned from"
    case .noPrompts:
      "there are no prompts to learn from; give --prompts FILE, or prompts: train: in a recipe"
    case .tooFewPrompts(let count, let missing):
      "\(count) prompts are too few to set some apart as \(missing.joined(separator: " and ")) "
        + "prompts; give 8 at least, or those with "
        + missing.map { "--\($0)-prompts" }.joined(separator: " and ")
    case .template(let template, let place, let reason):
      "\(place): the template “\(template.printable)” \(reason)"
    case .emptyPrompts(let place): "\(place) gives no prompt; write one at least"
    case .unknownRecipe(let name, _, let nearest?):
      "no recipe is called “\(name.printable)”; did you mean “\(nearest)”?"
    case .unknownRecipe(let name, let known, nil):
      "no recipe is called “\(name.printable)”; there are \(known.joined(separator: ", ")), "
        + "or give a file"
    case .noRecipes(let name, let places):
      "the recipe “\(name.printable)” is not found: there are no recipes in "
        + places.joined(separator: ", ") + "; set RAFT_DIFFUSE_DATA, or give a file"
    }
  }
}
