/// Which sample of a run: the whole of what its noise depends on, besides the run's seed.
public struct SampleAddress: Sendable, Hashable, Codable {
  /// What the sample is for.
  public let split: Split

  /// The round, counted from 1; 0 for what is sampled before the first one.
  public let round: Int

  /// The prompt's place among its split's prompts.
  public let prompt: Int

  /// Which of the prompt's samples in the round, counted from 0.
  public let index: Int

  /// The sample `index` of a prompt in a round.
  public init(split: Split = .train, round: Int, prompt: Int, index: Int) {
    self.split = split
    self.round = round
    self.prompt = prompt
    self.index = index
  }
}

extension SampleAddress: Comparable {
  /// The order of a run: by split, round, prompt and index. Ties between scores go by it.
  public static func < (a: Self, b: Self) -> Bool {
    (a.split.place, a.round, a.prompt, a.index) < (b.split.place, b.round, b.prompt, b.index)
  }
}

extension SampleAddress: CustomStringConvertible {
  /// `train/003/012-07`: split, round, prompt and index.
  public var description: String {
    func padded(_ value: Int, _ width: Int) -> String {
      let digits = String(value)
      return String(repeating: "0", count: max(width - digits.count, 0)) + digits
    }
    return "\(split.rawValue)/\(padded(round, 3))/\(padded(prompt, 3))-\(padded(index, 2))"
  }
}

extension Split {
  fileprivate var place: Int {
    switch self {
    case .train: 0
    case .dev: 1
    case .test: 2
    }
  }
}
