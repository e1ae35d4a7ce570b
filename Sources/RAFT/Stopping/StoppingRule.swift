/// When a run ends before its last round: its dev reward is flat or past its peak, or its budget is
/// spent.
///
/// It remembers nothing: it is given the whole history, so a resumed run decides as one that was
/// never interrupted.
public struct StoppingRule: Sendable, Equatable, Codable {
  /// Rounds without a better dev value after which a run ends; 0 for never.
  public var patience: Int

  /// By how much more than this a value has to be above the last better one, to be better.
  public var minimalGain: Double

  /// How much the run may take.
  public var budget: RunBudget

  /// A rule.
  public init(patience: Int = 3, minimalGain: Double = 0, budget: RunBudget = RunBudget()) {
    self.patience = patience
    self.minimalGain = minimalGain
    self.budget = budget
  }

  /// What to do after a round.
  public enum Decision: Sendable, Equatable {
    /// Run the next round.
    case goOn
    /// End; `best` is the round to keep.
    case stop(best: Int, Cause)
  }

  /// Why a run ends.
  public enum Cause: Sendable, Equatable, Codable {
    /// The dev value has not become better for so many rounds.
    case flat(rounds: Int)
    /// Nor that, and it has fallen from its peak by more than its standard error, or than the
    /// minimal gain where that is more.
    case pastPeak(rounds: Int, fall: Double)
    /// The next round would take more seconds than are left.
    case time(Double)
    /// The next round would take more samples than are left.
    case samples(Int)
  }

  /// Refuses a rule that cannot be.
  ///
  /// - Throws: ``RAFTError``.
  public func validate() throws {
    guard patience >= 0 else {
      throw RAFTError.setting(
        "patience", given: "\(patience)", needed: "a number of rounds, or 0 for no end")
    }
    guard minimalGain.isFinite, minimalGain >= 0 else {
      throw RAFTError.setting(
        "the minimal gain", given: "\(minimalGain)", needed: "a finite number from 0 up")
    }
    try budget.validate()
  }

  /// The round with the highest dev value, the earliest of several; nil where none has a finite one.
  public static func bestRound(of history: [DevValue]) -> Int? {
    peak(of: history)?.round
  }

  /// What to do after the rounds so far.
  ///
  /// - Parameters:
  ///   - history: dev values from round 0 on, in order; rounds may be left out, and a value that is
  ///     not finite is never better.
  ///   - spent: what the run has taken so far.
  ///   - next: what the next round will take, as far as it is known.
  public func decision(
    after history: [DevValue], spent: RunBudget.Spending = .init(),
    next: RunBudget.Spending = .init()
  ) -> Decision {
    let best = Self.bestRound(of: history) ?? 0
    if let cause = standstill(of: history) { return .stop(best: best, cause) }
    if let seconds = budget.seconds, budget.lacksTime(spent: spent, next: next) {
      return .stop(best: best, .time(seconds))
    }
    if let samples = budget.samples, budget.lacksSamples(spent: spent, next: next) {
      return .stop(best: best, .samples(samples))
    }
    return .goOn
  }

  private func standstill(of history: [DevValue]) -> Cause? {
    guard patience > 0, let first = history.first, let last = history.last else { return nil }
    var better: DevValue?
    for value in history where value.value.isFinite {
      if value.value > (better?.value ?? -.infinity) + minimalGain { better = value }
    }
    let rounds = last.round - (better ?? first).round
    guard rounds >= patience else { return nil }
    guard let peak = Self.peak(of: history), last.value.isFinite else {
      return .flat(rounds: rounds)
    }
    let fall = peak.value - last.value
    return fall > max(minimalGain, last.standardError ?? 0)
      ? .pastPeak(rounds: rounds, fall: fall) : .flat(rounds: rounds)
  }

  private static func peak(of history: [DevValue]) -> DevValue? {
    history.filter(\.value.isFinite).reduce(nil) { best, value in
      value.value > (best?.value ?? -.infinity) ? value : best
    }
  }
}

extension StoppingRule.Cause: CustomStringConvertible {
  /// For people: `the dev reward has not become better for 3 rounds`.
  public var description: String {
    switch self {
    case .flat(let rounds):
      "the dev reward has not become better for \(Self.rounds(rounds))"
    case .pastPeak(let rounds, let fall):
      "the dev reward has not become better for \(Self.rounds(rounds)) and is "
        + "\((fall * 10_000).rounded() / 10_000) below its peak"
    case .time(let seconds):
      "the next round would go beyond the budget of \(seconds) s"
    case .samples(let samples):
      "the next round would go beyond the budget of \(samples) samples"
    }
  }

  private static func rounds(_ count: Int) -> String {
    count == 1 ? "1 round" : "\(count) rounds"
  }
}
