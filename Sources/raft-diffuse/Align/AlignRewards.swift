internal import Alignment
internal import ArgumentParser
internal import CLIPReward
internal import Foundation
internal import NN
internal import Recipes

/// A recipe's rewards, loaded.
struct AlignRewards {
  /// What scores the run's images.
  let rewards: RunRewards

  /// What the optimised reward is called.
  let name: String

  /// What the watched reward is called; nil for none.
  let watchName: String?

  /// The CLIP that reads prompts; nil where none does.
  let textModel: CLIPEmbeddings?

  /// Loads them. A CLIP that both the optimised and the watched reward use is loaded once.
  ///
  /// - Throws: `ValidationError` for terms that make no sense, and what loading throws.
  init(
    _ recipe: Recipe, _ options: AlignRewardOptions, placement: Placement, isQuiet: Bool,
    warn: @escaping (String) -> Void
  ) throws {
    guard !recipe.reward.terms.isEmpty else {
      throw ValidationError("Name what ranks images with --reward, or in a recipe.")
    }
    let own = try RewardOptions(recipe.reward, options)
    let cache = try own.openCache(warn: warn)
    func load(_ rewards: RewardOptions) throws -> LoadedRewards {
      try rewards.load(
        placement: placement, cache: cache, embeds: rewards.clip != nil, defaultScope: .prompt,
        isQuiet: isQuiet, warn: warn)
    }
    name = recipe.reward.terms.joined(separator: " + ")
    watchName = recipe.watch?.terms.joined(separator: " + ")
    guard let watch = recipe.watch else {
      let loaded = try load(own)
      rewards = RunRewards(
        judge: Judge(loaded.rewards, try own.plan(defaultScope: .prompt), loaded.plan), watch: nil,
        embedder: loaded.embedder)
      textModel = own.readsTexts ? loaded.model : nil
      return
    }
    let watched = try RewardOptions(watch, options)
    guard watch.clip == recipe.reward.clip, watch.clipScale == recipe.reward.clipScale else {
      let (loaded, other) = (try load(own), try load(watched))
      rewards = RunRewards(
        judge: Judge(loaded.rewards, try own.plan(defaultScope: .prompt), loaded.plan),
        watch: Judge(other.rewards, try watched.plan(defaultScope: .prompt), other.plan),
        embedder: loaded.embedder ?? other.embedder)
      textModel = own.readsTexts ? loaded.model : watched.readsTexts ? other.model : nil
      return
    }
    // One name may stand in both.
    var both = own
    let ownPlan = try own.plan(defaultScope: .prompt)
    let watchPlan = try watched.plan(defaultScope: .prompt)
    both.texts =
      own.texts
      + zip(watched.texts, watchPlan.terms).map { text, term in
        let source =
          text.hasPrefix("\(term.name)=") ? String(text.dropFirst(term.name.count + 1)) : text
        return "watched-\(term.name)=\(source)"
      }
    let loaded = try load(both)
    let count = own.texts.count
    rewards = RunRewards(
      judge: Judge(Array(loaded.rewards.prefix(count)), ownPlan, loaded.plan),
      watch: Judge(Array(loaded.rewards.dropFirst(count)), watchPlan, nil),
      embedder: loaded.embedder)
    textModel = both.readsTexts ? loaded.model : nil
  }
}

extension Judge {
  /// `rewards` as `plan` mixes them.
  ///
  /// - Parameter loaded: knows the scores that floors refer to.
  fileprivate init(_ rewards: [NamedReward], _ plan: MixturePlan, _ loaded: MixturePlan?) {
    var mixture = plan.mixture
    mixture.bases = loaded?.mixture.bases ?? [:]
    self.init(
      zip(plan.terms, rewards).map { Component(name: $0.name, reward: $1.reward) },
      mixture: plan.isPlain ? nil : mixture)
  }
}

extension RewardOptions {
  /// The options of `score` that say the same as a recipe's.
  ///
  /// - Throws: what is wrong with them, fit for their user.
  fileprivate init(_ rewards: Recipe.Rewards, _ options: AlignRewardOptions) throws {
    var arguments = rewards.terms.map { "--reward=\($0)" } + rewards.floors.map { "--floor=\($0)" }
    let single = [
      ("clip", rewards.clip), ("aesthetic-head", rewards.aestheticHead),
      ("clip-scale", rewards.clipScale), ("mix", rewards.mix), ("per", rewards.per),
      ("cache", options.cache),
    ]
    for (name, value) in single {
      if let value { arguments.append("--\(name)=\(value)") }
    }
    if options.noCache { arguments.append("--no-cache") }
    self = try Self.parse(arguments)
    external = options.external
  }
}
