/// A setting in which two recipes differ.
package struct RecipeDifference: Sendable, Equatable {
  /// Which one.
  package let key: RecipeKey

  /// What the recipe that was asked says.
  package let value: String

  /// What the other one says.
  package let other: String

  /// The difference in a line: `collecting.steps: 20 here, 50 as published`.
  package func description(of other: String) -> String {
    "\(key.rawValue): \(value) here, \(self.other) \(other)"
  }
}

extension Recipe {
  /// How the recipe differs from another one, its name and what it is for aside.
  package func differences(from other: Recipe) -> [RecipeDifference] {
    RecipeKey.allCases.filter { ![.name, .about].contains($0) }.compactMap { key in
      let (ours, theirs) = (key.binding.show(self), key.binding.show(other))
      guard ours != theirs else { return nil }
      let isPrompts = key.split != nil
      return RecipeDifference(
        key: key, value: isPrompts ? Self.count(ours) : ours.shown,
        other: isPrompts ? Self.count(theirs) : theirs.shown)
    }
  }

  private static func count(_ prompts: RecipeValue) -> String {
    guard case .texts(let texts) = prompts, let first = texts.first else { return "no prompts" }
    return "\(texts.count) prompts (\(first)…)"
  }
}
