/// How much a run may take, or has taken.
public struct RunBudget: Sendable, Equatable, Codable {
  /// Seconds; nil for no limit.
  public var seconds: Double?

  /// Samples to learn from; nil for no limit.
  public var samples: Int?

  /// A budget, without a limit where none is given.
  public init(seconds: Double? = nil, samples: Int? = nil) {
    self.seconds = seconds
    self.samples = samples
  }

  /// What has been taken, measured by whoever runs.
  public struct Spending: Sendable, Equatable, Codable {
    /// Seconds.
    public var seconds: Double

    /// Samples to learn from.
    public var samples: Int

    /// What was taken.
    public init(seconds: Double = 0, samples: Int = 0) {
      self.seconds = seconds
      self.samples = samples
    }
  }

  /// Refuses limits that are none.
  ///
  /// - Throws: ``RAFTError``.
  public func validate() throws {
    if let seconds, !(seconds.isFinite && seconds > 0) {
      throw RAFTError.setting(
        "the budget of time", given: "\(seconds) s", needed: "a finite time above 0")
    }
    if let samples, samples < 1 {
      throw RAFTError.setting("the budget of samples", given: "\(samples)", needed: "at least 1")
    }
  }

  /// Whether a round that takes `next` would go beyond the time.
  func lacksTime(spent: Spending, next: Spending) -> Bool {
    seconds.map { spent.seconds >= $0 || spent.seconds + next.seconds > $0 } ?? false
  }

  /// Whether a round that takes `next` would go beyond the samples.
  func lacksSamples(spent: Spending, next: Spending) -> Bool {
    samples.map { spent.samples >= $0 || spent.samples + next.samples > $0 } ?? false
  }
}
