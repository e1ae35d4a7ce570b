package import Imaging

extension RunSummary {
  /// What is known of a round. Rewards are the optimised one unless they say otherwise.
  package struct Round: Sendable, Equatable, Codable {
    /// Its number; 0 is the base.
    package var number: Int

    // The samples it learned from.
    /// How many were asked for.
    package var samples: Int?
    /// Why how many of them count for nothing.
    package var exclusions: [Exclusion] = []
    /// How many were learned from.
    package var selected: Int?
    /// The mean reward of all.
    package var rewardMean: Double?
    /// The mean over prompts of the best of each.
    package var rewardBest: Double?
    /// The mean reward of the selected.
    package var rewardSelected: Double?
    /// The standard deviation within prompts, pooled over them.
    package var rewardSpread: Double?
    /// What the spread promises the best of each prompt over its mean, for normal rewards.
    package var gainPredicted: Double?
    /// What the mean gained until the next round, on the same prompts.
    package var gainActual: Double?
    /// How often each prompt was sampled and selected in this round.
    package var prompts: [PromptCount] = []

    // Learning.
    /// The mean loss of its steps.
    package var loss: Double?
    /// E‖ε_θ − ε_base‖² per latent dimension, on the stored probes.
    package var drift: Double?
    /// ‖sBA‖/‖W‖ of each block.
    package var adapterNorms: [BlockNorm] = []
    /// How long its stages took.
    package var seconds: [StageTime] = []

    // The dev images after it.
    /// The optimised reward.
    package var devReward: Estimate?
    /// The watched reward.
    package var devWatch: Estimate?
    /// The mean cosine distance of CLIP embeddings within a prompt, 0…2.
    package var diversity: Double?
    /// The squared mean discrepancy to the base's own images, times 1000.
    package var mmd: Double?
    /// What the images look like, as a mean over them.
    package var imageStatistics: ImageStatistics?

    /// A round of which nothing is known yet.
    package init(_ number: Int) {
      self.number = number
    }

    /// How many samples count for nothing, together.
    package var excludedCount: Int { exclusions.reduce(0) { $0 + $1.count } }
  }

  /// Samples that count for nothing, for one reason.
  package struct Exclusion: Sendable, Equatable, Codable {
    /// Why.
    package var reason: String
    /// How many.
    package var count: Int

    /// `count` samples, for a reason.
    package init(_ reason: String, _ count: Int) {
      self.reason = reason
      self.count = count
    }
  }

  /// How a prompt fared in a round.
  package struct PromptCount: Sendable, Equatable, Codable {
    /// Its text.
    package var prompt: String
    /// How many samples it had.
    package var sampled: Int
    /// How many of them were selected.
    package var selected: Int

    /// A prompt's counts.
    package init(_ prompt: String, sampled: Int, selected: Int) {
      self.prompt = prompt
      self.sampled = sampled
      self.selected = selected
    }
  }

  /// How far an adapter moves the layers of a block.
  package struct BlockNorm: Sendable, Equatable, Codable {
    /// The block's name.
    package var block: String
    /// ‖sBA‖/‖W‖ in Frobenius norms over its layers.
    package var ratio: Double

    /// A block's ratio.
    package init(_ block: String, _ ratio: Double) {
      self.block = block
      self.ratio = ratio
    }
  }

  /// How long a stage took.
  package struct StageTime: Sendable, Equatable, Codable {
    /// What the stage is called.
    package var stage: String
    /// Seconds.
    package var seconds: Double

    /// A stage's time.
    package init(_ stage: String, _ seconds: Double) {
      self.stage = stage
      self.seconds = seconds
    }
  }
}
