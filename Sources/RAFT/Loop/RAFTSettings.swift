/// What the loop itself is set to; models and rewards have settings of their own.
public struct RAFTSettings: Sendable, Equatable, Codable {
  /// K, the samples of each prompt in a round.
  public var samplesPerPrompt: Int

  /// b, the prompts of a round; nil for all of them.
  public var promptsPerRound: Int?

  /// Which candidates are learned from.
  public var selection: Selection

  /// β of the ranking key, score − β·d; 0 for ranking by the score alone.
  public var beta: Double

  /// Whether each round also learns from the best candidate of each prompt that any round so far
  /// has selected.
  public var usesReplay: Bool

  /// Settings of a run.
  public init(
    samplesPerPrompt: Int = 10, promptsPerRound: Int? = nil,
    selection: Selection = Selection(.bestOfPrompt(keep: 1)), beta: Double = 0,
    usesReplay: Bool = false
  ) {
    self.samplesPerPrompt = samplesPerPrompt
    self.promptsPerRound = promptsPerRound
    self.selection = selection
    self.beta = beta
    self.usesReplay = usesReplay
  }

  /// Refuses settings that cannot be, or contradict each other.
  ///
  /// - Throws: ``RAFTError``.
  public func validate() throws {
    guard samplesPerPrompt >= 1 else {
      throw RAFTError.setting(
        "samples per prompt", given: "\(samplesPerPrompt)", needed: "at least 1")
    }
    if let promptsPerRound, promptsPerRound < 1 {
      throw RAFTError.setting(
        "prompts per round", given: "\(promptsPerRound)", needed: "at least 1")
    }
    guard beta.isFinite, beta >= 0 else {
      throw RAFTError.setting("β", given: "\(beta)", needed: "a finite number from 0 up")
    }
    try selection.validate()
    if let kept = selection.keptOfPrompt, kept > samplesPerPrompt {
      throw RAFTError.selection(
        selection.description, problem: "there are \(samplesPerPrompt) samples of each prompt")
    }
  }
}
