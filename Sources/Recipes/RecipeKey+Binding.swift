extension RecipeKey {
  /// How the key's value is read and written.
  var binding: RecipeBinding {
    switch self {
    case .name: .text(\.name)
    case .about: .text(\.about)
    case .model: .model
    case .seed:
      .scalar(
        \.seed, "a whole number from 0 to \(UInt64.max)", parse: { UInt64($0) },
        write: { "\($0)" })
    case .res: .size
    case .precision: .choice(\.precision, ["auto", "fp32", "bf16", "fp16"])
    case .select: .selection
    case .control: .flag(\.control)

    case .promptsTrain: .texts(\.prompts.train)
    case .promptsDev: .texts(\.prompts.dev)
    case .promptsTest: .texts(\.prompts.test)
    case .promptsNegative: .text(\.prompts.negative)

    case .collectingSampler: .choice(\.collecting.sampler, Self.samplers)
    case .collectingSteps: .integer(\.collecting.steps, 1...1000)
    case .collectingGuidance: .number(\.collecting.guidance, .nonNegative)
    case .collectingEta: .number(\.collecting.eta, .share)

    case .evaluatingSampler: .choice(\.evaluating.sampling.sampler, Self.samplers)
    case .evaluatingSteps: .integer(\.evaluating.sampling.steps, 1...1000)
    case .evaluatingGuidance: .number(\.evaluating.sampling.guidance, .nonNegative)
    case .evaluatingEta: .number(\.evaluating.sampling.eta, .share)
    case .evaluatingDevImages: .integer(\.evaluating.devImages, 1...10_000)
    case .evaluatingTestImages: .integer(\.evaluating.testImages, 1...10_000)
    case .evaluatingEvery: .integer(\.evaluating.every, 1...10_000)

    case .rewardTerms: .texts(\.reward.terms)
    case .rewardCLIP: .path(\.reward.clip, .fileOrHub)
    case .rewardAestheticHead: .path(\.reward.aestheticHead)
    case .rewardCLIPScale: .choice(\.reward.clipScale, Self.clipScales)
    case .rewardMix: .choice(\.reward.mix, Self.mixes)
    case .rewardPer: .choice(\.reward.per, Self.scopes)
    case .rewardFloors: .texts(\.reward.floors)

    case .watchTerms: .watchedTerms
    case .watchCLIP: .path(\.watched.clip, .fileOrHub)
    case .watchAestheticHead: .path(\.watched.aestheticHead)
    case .watchCLIPScale: .choice(\.watched.clipScale, Self.clipScales)
    case .watchMix: .choice(\.watched.mix, Self.mixes)
    case .watchPer: .choice(\.watched.per, Self.scopes)
    case .watchFloors: .texts(\.watched.floors)

    case .roundsCount: .integer(\.rounds.count, 1...10_000)
    case .roundsPrompts: .integer(\.rounds.prompts, 1...1_000_000)
    case .roundsSamples: .integer(\.rounds.samplesPerPrompt, 1...10_000)
    case .roundsBeta: .number(\.rounds.beta, .nonNegative)
    case .roundsReplay: .flag(\.rounds.replay)
    case .roundsFromBase: .flag(\.rounds.fromBase)
    case .roundsSamplesFrom: .path(\.rounds.samplesFrom)
    case .roundsGenerator: .path(\.rounds.generator, .fileOrHub)
    case .roundsGeneratorAdapter: .path(\.rounds.generatorAdapter)

    case .adapterRank: .integer(\.adapter.rank, 1...4096)
    case .adapterAlpha: .number(\.adapter.alpha, .positive)
    case .adapterTargets: .texts(\.adapter.targets, mayBeEmpty: false)
    case .adapterInitialisation: .choice(\.adapter.initialisation, Self.initialisations)
    case .adapterDropout: .number(\.adapter.dropout, .properShare)
    case .adapterFrom: .path(\.adapter.from)

    case .tuningSource: .source
    case .tuningSteps: .integer(\.tuning.steps, 1...10_000_000)
    case .tuningBatch: .integer(\.tuning.batch, 1...10_000)
    case .tuningAccumulation: .integer(\.tuning.accumulation, 1...10_000)
    case .tuningOptimizer: .choice(\.tuning.optimizer, ["adamw", "sgd"])
    case .tuningLearningRate: .number(\.tuning.learningRate, .positive)
    case .tuningSchedule: .choice(\.tuning.schedule, Self.schedules)
    case .tuningWarmup: .integer(\.tuning.warmup, 0...10_000_000)
    case .tuningWeightDecay: .number(\.tuning.weightDecay, .nonNegative)
    case .tuningBeta1: .number(\.tuning.beta1, .properShare)
    case .tuningBeta2: .number(\.tuning.beta2, .properShare)
    case .tuningEpsilon: .number(\.tuning.epsilon, .positive)
    case .tuningClip: .number(\.tuning.clip, .nonNegative)
    case .tuningCheckpointing: .flag(\.tuning.checkpointing)
    case .tuningGuidanceAware: .flag(\.tuning.guidanceAware)
    case .tuningCaptionDropout: .number(\.tuning.captionDropout, .share)
    case .tuningAveraging: .number(\.tuning.averaging, .properShare)
    case .tuningPreservation: .number(\.tuning.preservation, .properShare)

    case .stoppingPatience: .integer(\.stopping.patience, 0...10_000)
    case .stoppingMinimalGain: .number(\.stopping.minimalGain, .nonNegative)
    case .stoppingBudget: .budget
    case .stoppingSamples: .integer(\.stopping.samples, 1...1_000_000_000)
    }
  }

  // What other libraries call these choices; a test of Alignment, which knows them all, compares.
  package static let samplers = [
    "ddim", "pndm", "euler", "euler-a", "dpm++2m", "dpm++2m-karras", "ddpm",
  ]
  package static let clipScales = ["cosine", "100", "logit"]
  package static let mixes = ["raw", "z", "rank"]
  package static let scopes = ["prompt", "round"]
  package static let initialisations = ["peft", "gaussian"]
  package static let schedules = ["constant", "linear", "cosine"]
}
