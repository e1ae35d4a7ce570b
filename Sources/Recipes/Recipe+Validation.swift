internal import RAFT

extension Recipe {
  /// Checks that every setting is in its range, that settings go together, and that the splits are
  /// disjoint.
  ///
  /// - Throws: ``RecipeError``.
  package func validate() throws {
    try validate(places: [:])
    try PromptSplits.check(prompts)
  }

  /// Checks ranges, and that settings go together; `places` tells where they come from.
  func validate(places: [RecipeKey: String]) throws {
    for key in RecipeKey.allCases {
      var copy = self
      let value = key.binding.show(self)
      guard key.binding.read(value, &copy) else {
        throw RecipeError.wrongValue(
          value.shown, key: key.rawValue, place: places[key] ?? "the recipe",
          expected: key.binding.expected)
      }
    }
    for rule in rules where rule.isBroken {
      throw RecipeError.contradiction(
        rule.keys.map {
          .init(key: $0.rawValue, value: $0.binding.show(self).shown, place: places[$0])
        }, reason: rule.reason)
    }
  }

  private typealias Rule = (isBroken: Bool, keys: [RecipeKey], reason: String)

  private var rules: [Rule] { samplingRules + selectionRules + tuningRules }

  private var samplingRules: [Rule] {
    [
      (
        collecting.eta > 0 && !["ddim", nil].contains(collecting.sampler),
        [.collectingEta, .collectingSampler], "only ddim has an eta; choose it, or leave eta at 0"
      ),
      (
        evaluating.sampling.eta > 0 && !["ddim", nil].contains(evaluating.sampling.sampler),
        [.evaluatingEta, .evaluatingSampler], "only ddim has an eta; choose it, or leave eta at 0"
      ),
      (
        rounds.samplesFrom != nil && rounds.generator != nil,
        [.roundsSamplesFrom, .roundsGenerator],
        "samples come from a folder or from a model, not both"
      ),
      (
        rounds.samplesFrom != nil && rounds.generatorAdapter != nil,
        [.roundsSamplesFrom, .roundsGeneratorAdapter],
        "samples come from a folder or from an adapter, not both"
      ),
      (
        watch?.terms.isEmpty ?? false, [.watchTerms],
        "name the rewards to watch, or leave the section out"
      ),
    ]
  }

  private var selectionRules: [Rule] {
    let prompts = rounds.prompts ?? prompts.train.count
    var rules: [Rule] = [
      (
        (rounds.prompts ?? 0) > self.prompts.train.count,
        [.roundsPrompts],
        "there are \(self.prompts.train.count) prompts to learn from; give more or ask for fewer"
      )
    ]
    var strategy = selection.strategy
    if case .random(let like) = strategy {
      rules.append(
        (
          control, [.select, .control],
          "the control arm of a random selection would be the same again; leave one out"
        ))
      strategy = like
    }
    if case .bestOfPrompt(let keep) = strategy {
      rules.append(
        (
          keep > rounds.samplesPerPrompt, [.select, .roundsSamples],
          "no prompt has so many samples to keep; keep fewer or sample more"
        ))
    }
    if case .localThenTop(let top) = strategy {
      rules.append(
        (
          top > prompts, [.select, .roundsPrompts],
          "a round has \(prompts) prompts; keep fewer or give more"
        ))
    }
    return rules
  }

  private var tuningRules: [Rule] {
    [
      (
        tuning.guidanceAware && collecting.guidance == 1,
        [.tuningGuidanceAware, .collectingGuidance],
        "without guidance there is nothing to be aware of; switch one of them"
      ),
      (
        tuning.preservation > 0 && tuning.batch == 1, [.tuningPreservation, .tuningBatch],
        "a batch of one cannot be shared; take a larger one"
      ),
      (
        tuning.warmup > rounds.count * tuning.steps,
        [.tuningWarmup, .tuningSteps, .roundsCount],
        "the learning rate would never be reached; warm up for fewer steps"
      ),
      (
        stopping.patience > 0 && prompts.dev.isEmpty, [.stoppingPatience],
        "patience goes by the dev reward, and there are no dev prompts; give some, or set it to 0"
      ),
    ]
  }
}
