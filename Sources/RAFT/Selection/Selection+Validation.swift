extension Selection {
  /// Refuses values that select nothing, or mean nothing.
  ///
  /// - Throws: ``RAFTError/selection(_:problem:)``.
  public func validate() throws {
    guard let problem = strategy.problem else { return }
    throw RAFTError.selection(description, problem: problem)
  }

  /// Whether chance decides: the control arm.
  public var isRandom: Bool {
    if case .random = strategy { true } else { false }
  }

  /// Whether candidates are told from others of their own prompt, which takes two of them.
  var ranksWithinPrompts: Bool { strategy.ranksWithinPrompts }

  /// How many prompts are kept, where a rule drops some.
  var promptsKept: Int? { strategy.promptsKept }

  /// How many of each prompt are kept, where a rule says so.
  var keptOfPrompt: Int? { strategy.keptOfPrompt }
}

extension Selection.Strategy {
  fileprivate var problem: String? {
    switch self {
    case .bestOfPrompt(let keep):
      keep >= 1 ? nil : "at least 1 candidate of each prompt is kept"
    case .topFraction(let share):
      share > 0 && share <= 1 ? nil : "the share is above 0 and at most 1"
    case .localThenTop(let prompts):
      prompts >= 1 ? nil : "at least 1 prompt is kept"
    case .threshold(let least), .passing(let least):
      least.isFinite ? nil : "the least score is a finite number"
    case .percentile(let rank, _):
      (0...100).contains(rank) ? nil : "a percentile is from 0 to 100"
    case .random(.random):
      "random imitates a rule that ranks, such as random:best"
    case .random(let like):
      like.problem
    }
  }

  fileprivate var ranksWithinPrompts: Bool {
    switch self {
    case .bestOfPrompt, .localThenTop, .percentile(_, perPrompt: true): true
    case .topFraction, .threshold, .percentile(_, perPrompt: false), .passing: false
    case .random(let like): like.ranksWithinPrompts
    }
  }

  fileprivate var promptsKept: Int? {
    switch self {
    case .localThenTop(let prompts): prompts
    case .random(let like): like.promptsKept
    default: nil
    }
  }

  fileprivate var keptOfPrompt: Int? {
    switch self {
    case .bestOfPrompt(let keep): keep
    case .random(let like): like.keptOfPrompt
    default: nil
    }
  }
}
