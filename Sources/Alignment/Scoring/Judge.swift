package import CLIPReward
internal import RAFT

/// What judges images: one reward as it is, or several that are mixed.
package struct Judge {
  /// A reward and what results call it.
  package struct Component {
    /// What results call it.
    package let name: String
    /// What scores.
    package let reward: any ImageReward

    /// `reward` under a name.
    package init(name: String, reward: any ImageReward) {
      self.name = name
      self.reward = reward
    }
  }

  /// The rewards, in the mixture's order.
  package let components: [Component]

  /// How they are mixed; nil where there is only one, taken as it is.
  package let mixture: RewardMixture?

  /// - Parameter mixture: nil for a single component that is taken as it is.
  package init(_ components: [Component], mixture: RewardMixture? = nil) {
    self.components = components
    self.mixture = mixture
  }

  /// What its scores depend on.
  var passport: RewardPassport {
    guard let mixture else { return components[0].reward.passport }
    return MixedReward(components.map(\.reward), mixture).passport
  }

  /// The judgements of samples, from the outcomes of each component.
  ///
  /// - Parameters:
  ///   - columns: one a component, in their order, each of all the samples.
  ///   - prompts: what each sample should show.
  /// - Throws: `MixingError`.
  func judgements(of columns: [ScoreColumn], prompts: [String]) throws -> [Judgement] {
    let outcomes = try mixture?.outcomes(of: columns, prompts: prompts) ?? columns[0].outcomes
    return outcomes.map(Judgement.init)
  }

  /// Whether a score depends on the prompt.
  var readsPrompts: Bool { components.contains { $0.reward.readsPrompts } }
}

/// All that scores a run's images.
package struct RunRewards {
  /// What samples are ranked by.
  let judge: Judge

  /// What is watched and never optimised.
  let watch: Judge?

  /// Where embeddings come from; nil where no CLIP was given: diversity and distances are then left
  /// out.
  let embedder: ImageEmbedder?

  /// - Parameter watch: nil where nothing is watched.
  package init(judge: Judge, watch: Judge?, embedder: ImageEmbedder?) {
    self.judge = judge
    self.watch = watch
    self.embedder = embedder
  }

  /// The fingerprint of what the scores depend on that samples are ranked by.
  package var passport: String { judge.passport.fingerprint }

  /// The same of the scores that are watched; empty where nothing is.
  package var watchPassport: String { watch?.passport.fingerprint ?? "" }
}
