/// What is told of a run, as values: the report, the curves and the remarks are made from it.
///
/// Whatever is not known is nil or empty, and left out of the report.
package struct RunSummary: Sendable, Equatable, Codable {
  /// What the run is called.
  package var name = ""

  /// What it is for, in a sentence.
  package var about = ""

  /// Names and values of the table on top: model, size, seed, prompts and so on.
  package var facts: [HTMLReport.Fact] = []

  /// What the optimised reward is called.
  package var rewardName = "reward"

  /// What the watched reward is called.
  package var watchName = "watched reward"

  /// The rounds by their numbers; round 0 is the base, of which there are dev values alone.
  package var rounds: [Round] = []

  /// The round whose adapter is the best by dev.
  package var bestRound: Int?

  /// When and why the run ended; nil while it goes on.
  package var stopping: Stopping?

  /// What the test prompts say; nil before they were sampled.
  package var test: Test?

  /// The control arm's rounds, in which selection was random; empty where there is none.
  package var controlRounds: [Round] = []

  /// The resolved recipe, as its file has it.
  package var recipe = ""

  /// What went wrong or is out of the ordinary.
  package var warnings: [String] = []

  /// A run of which nothing is known yet.
  package init() {}

  /// The end of a run.
  package struct Stopping: Sendable, Equatable, Codable {
    /// The last round.
    package var round: Int
    /// Why it is the last.
    package var reason: String

    /// The end after `round`.
    package init(round: Int, reason: String) {
      self.round = round
      self.reason = reason
    }
  }

  /// What the test prompts say of the base and of everything that is compared with it.
  package struct Test: Sendable, Equatable, Codable {
    /// How many prompts.
    package var prompts: Int
    /// How many seeds of each.
    package var seeds: Int
    /// The arms, the base first.
    package var arms: [Arm]

    /// The values of a test.
    package init(prompts: Int, seeds: Int, arms: [Arm]) {
      self.prompts = prompts
      self.seeds = seeds
      self.arms = arms
    }
  }

  /// Something that the test prompts were sampled with.
  package struct Arm: Sendable, Equatable, Codable {
    /// What an arm is.
    package enum Role: String, Sendable, Codable, CaseIterable {
      /// The model without an adapter.
      case base
      /// The best round's adapter.
      case best
      /// The adapter of the control arm.
      case control
      /// The base's best of several samples, without training.
      case bestOfN
      /// Anything else, such as another round.
      case other
    }

    /// What it is.
    package var role: Role
    /// What it is called.
    package var name: String
    /// The optimised reward.
    package var reward: Estimate?
    /// The watched reward.
    package var watch: Estimate?
    /// Its paired differences of the optimised reward.
    package var comparisons: [Comparison]

    /// An arm.
    package init(
      _ role: Role, _ name: String, reward: Estimate? = nil, watch: Estimate? = nil,
      comparisons: [Comparison] = []
    ) {
      self.role = role
      self.name = name
      self.reward = reward
      self.watch = watch
      self.comparisons = comparisons
    }
  }

  /// A paired difference: the arm less another, on the same prompts and seeds.
  package struct Comparison: Sendable, Equatable, Codable {
    /// The name of the other arm.
    package var other: String
    /// The other arm's role.
    package var role: Arm.Role
    /// The mean difference; above 0 where this arm is better.
    package var difference: Estimate
    /// The p of no difference, adjusted for the number of arms where that was done.
    package var probability: Double?
    /// The share of pairs in which this arm is better, ties counted half, 0…1.
    package var winRate: Double?

    /// Why the difference has no interval; nil where it has one.
    package var intervalNote: String?

    /// Pairs that are left out because one of the two images has no score.
    package var droppedPairs = 0

    /// A difference from `other`.
    package init(
      to other: String, _ role: Arm.Role, _ difference: Estimate, probability: Double? = nil,
      winRate: Double? = nil, intervalNote: String? = nil
    ) {
      self.intervalNote = intervalNote
      self.other = other
      self.role = role
      self.difference = difference
      self.probability = probability
      self.winRate = winRate
    }
  }
}
