internal import Foundation

/// How the learning rate changes over a training, as diffusers.optimization.get_scheduler has it.
public struct LearningRateSchedule: Sendable, Equatable {
  /// What follows the warm-up.
  public enum Shape: String, Sendable, CaseIterable {
    /// Stays.
    case constant
    /// Falls on a line to 0.
    case linear
    /// Falls as half a cosine to 0.
    case cosine
  }

  /// What follows the warm-up.
  public let shape: Shape

  /// Steps in which the rate rises on a line from 0.
  public let warmup: Int

  /// Steps of the whole training.
  public let total: Int

  /// - Throws: `TrainingError.setting` where the steps are negative.
  public init(_ shape: Shape = .constant, warmup: Int = 0, total: Int) throws {
    guard warmup >= 0, total >= 0 else {
      throw TrainingError.setting(
        "a schedule of \(total) steps with \(warmup) to warm up cannot be; neither may be negative")
    }
    self.shape = shape
    self.warmup = warmup
    self.total = total
  }

  /// What to multiply the learning rate with in step `step`, counted from 0: 0…1.
  ///
  /// Beyond `total`, `linear` stays at 0 and `cosine` rises again, as diffusers' do.
  public func multiplier(at step: Int) -> Double {
    if step < warmup { return Double(step) / Double(max(1, warmup)) }
    let rest = Double(max(1, total - warmup))
    switch shape {
    case .constant: return 1
    case .linear: return max(0, Double(total - step) / rest)
    case .cosine:
      let progress = Double(step - warmup) / rest
      return max(0, 0.5 * (1 + cos(.pi * progress)))
    }
  }
}
