public import NN

extension DenoisingTrainer {
  /// A learning rate, and how it changes.
  public struct LearningRates: Sendable, Equatable {
    /// The highest rate.
    public let base: Double

    /// What it is multiplied with.
    public let schedule: LearningRateSchedule

    /// - Throws: `TrainingError.setting` where the rate is negative or infinite.
    public init(_ base: Double, _ schedule: LearningRateSchedule) throws {
      guard base >= 0, base.isFinite else {
        throw TrainingError.setting(
          "the learning rate is \(base), but it must be finite and not negative")
      }
      self.base = base
      self.schedule = schedule
    }

    /// η of step `step`, counted from 0.
    public func rate(at step: Int) -> Double { base * schedule.multiplier(at: step) }
  }
}
