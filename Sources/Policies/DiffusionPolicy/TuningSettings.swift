public import NN

/// How an adapter learns in each round.
public struct TuningSettings: Sendable, Equatable {
  /// What is learned from.
  public enum Source: String, Sendable, CaseIterable {
    /// The latents that were sampled.
    case latents
    /// The images, encoded again, as the published recipe does: one draw of the encoder's for each
    /// image and round.
    case images
  }

  /// What is learned from.
  public var source: Source = .latents

  /// Optimiser steps of a round, at least 1.
  public var steps = 80

  /// Examples that go through the network together, at least 1.
  public var batch = 4

  /// Batches a step, at least 1.
  public var accumulation = 1

  /// What changes the adapter. It goes on from round to round.
  public var optimizer = OptimizerSettings.adamW(.init())

  /// The highest learning rate.
  public var learningRate = 1e-4

  /// How the rate goes on after the warm-up. It begins anew with each round, so that a round does
  /// not depend on how many will follow.
  public var schedule = LearningRateSchedule.Shape.constant

  /// Steps of a round in which the rate rises from 0.
  public var warmup = 0

  /// The norm that gradients are clipped to; nil for never.
  public var maximalGradientNorm: Double? = 1

  /// Less memory for a third more time.
  public var usesCheckpointing = false

  /// Whether the loss is on the prediction that the collecting sampler's guidance makes,
  /// `w·ε_c + (1−w)·ε_u`.
  public var isGuidanceAware = false

  /// The share of examples that are learned with the empty prompt, 0…1: as the unconditional
  /// prediction, or with a guidance-aware loss as what the guided sampler would predict for the
  /// empty prompt. Without a negative prompt these are the same: `w·ε_∅ + (1−w)·ε_∅ = ε_∅`.
  public var promptDropout = 0.0

  /// The decay of the adapter's moving average, which then samples, 0..<1; 0 for none.
  public var averaging = 0.0

  /// The share of examples that are the base's own samples, 0..<1.
  public var preservation = 0.0

  /// Whether each round begins anew from the adapter that the run began with, with a fresh
  /// optimiser and average.
  public var beginsFromBase = false

  /// Defaults for everything.
  public init() {}

  /// - Throws: ``PolicyError/setting(_:)`` where a number is out of its range.
  public func validate() throws {
    for (name, value) in [("steps", steps), ("batch", batch), ("accumulation", accumulation)] {
      guard value >= 1 else {
        throw PolicyError.setting(
          "the \(name) of a round's training must be at least 1, not \(value)")
      }
    }
    guard (0...1).contains(promptDropout) else {
      throw PolicyError.setting(
        "the share of examples without their prompt is \(promptDropout), but it must lie in 0…1")
    }
    for (name, value) in [
      ("decay of the adapter's average", averaging), ("share of preserved examples", preservation),
    ] {
      guard (0..<1).contains(value) else {
        throw PolicyError.setting(
          "the \(name) is \(value), but it must be at least 0 and less than 1")
      }
    }
  }

  /// The learning rates of one round.
  func learningRates() throws -> DenoisingTrainer.LearningRates {
    try .init(learningRate, LearningRateSchedule(schedule, warmup: warmup, total: steps))
  }
}
