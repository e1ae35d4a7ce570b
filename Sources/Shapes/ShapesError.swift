/// What the world of shapes cannot do.
package enum ShapesError: Error, Equatable, CustomStringConvertible {
  /// A prompt has a word where it cannot be understood.
  case unknownWord(String, prompt: String, expected: String)
  /// A prompt ends too early.
  case unfinished(prompt: String, expected: String)
  /// A prompt names more figures than a scene has.
  case tooManyFigures(Int, prompt: String)
  /// A prompt says where one of three figures is.
  case relationAmongThree(prompt: String)
  /// A prompt names two styles; a scene has one.
  case twoStyles(Style, Style, prompt: String)
  /// A prompt names two backgrounds; a scene has one.
  case twoBackgrounds(Background, Background, prompt: String)

  package var description: String {
    switch self {
    case .unknownWord(let word, let prompt, let expected):
      "cannot understand “\(word)” in the prompt “\(prompt)”; expected \(expected)"
    case .unfinished(let prompt, let expected):
      "the prompt “\(prompt)” ends where \(expected) should follow"
    case .tooManyFigures(let count, let prompt):
      "the prompt “\(prompt)” names \(count) figures; a scene has at most 3"
    case .relationAmongThree(let prompt):
      "the prompt “\(prompt)” says where one of three figures is; only two can have a relation"
    case .twoStyles(let first, let second, let prompt):
      "the prompt “\(prompt)” asks for \(first.rawValue) and \(second.rawValue); "
        + "all figures of a scene share one style"
    case .twoBackgrounds(let first, let second, let prompt):
      "the prompt “\(prompt)” asks for a \(first.rawValue) and a \(second.rawValue) background; "
        + "a scene has one"
    }
  }
}
