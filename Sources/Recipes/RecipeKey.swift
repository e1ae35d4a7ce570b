internal import RAFT

/// Every setting of a recipe, by the name that a recipe file calls it: `section.key`, or `key`
/// outside the sections.
///
/// The cases stand in the order in which a file is written.
package enum RecipeKey: String, Sendable, CaseIterable {
  case name, about, model, seed, res, precision, select, control

  case promptsTrain = "prompts.train"
  case promptsDev = "prompts.dev"
  case promptsTest = "prompts.test"
  case promptsNegative = "prompts.negative"

  case collectingSampler = "collecting.sampler"
  case collectingSteps = "collecting.steps"
  case collectingGuidance = "collecting.guidance"
  case collectingEta = "collecting.eta"

  case evaluatingSampler = "evaluating.sampler"
  case evaluatingSteps = "evaluating.steps"
  case evaluatingGuidance = "evaluating.guidance"
  case evaluatingEta = "evaluating.eta"
  case evaluatingDevImages = "evaluating.dev-images"
  case evaluatingTestImages = "evaluating.test-images"
  case evaluatingEvery = "evaluating.every"

  case rewardTerms = "reward.terms"
  case rewardCLIP = "reward.clip"
  case rewardAestheticHead = "reward.aesthetic-head"
  case rewardCLIPScale = "reward.clip-scale"
  case rewardMix = "reward.mix"
  case rewardPer = "reward.per"
  case rewardFloors = "reward.floors"

  case watchTerms = "watch.terms"
  case watchCLIP = "watch.clip"
  case watchAestheticHead = "watch.aesthetic-head"
  case watchCLIPScale = "watch.clip-scale"
  case watchMix = "watch.mix"
  case watchPer = "watch.per"
  case watchFloors = "watch.floors"

  case roundsCount = "rounds.count"
  case roundsPrompts = "rounds.prompts-per-round"
  case roundsSamples = "rounds.samples-per-prompt"
  case roundsBeta = "rounds.beta"
  case roundsReplay = "rounds.replay"
  case roundsFromBase = "rounds.from-base"
  case roundsSamplesFrom = "rounds.samples-from"
  case roundsGenerator = "rounds.generator"
  case roundsGeneratorAdapter = "rounds.generator-adapter"

  case adapterRank = "adapter.rank"
  case adapterAlpha = "adapter.alpha"
  case adapterTargets = "adapter.targets"
  case adapterInitialisation = "adapter.init"
  case adapterDropout = "adapter.dropout"
  case adapterFrom = "adapter.lora"

  case tuningSource = "tuning.train-on"
  case tuningSteps = "tuning.steps"
  case tuningBatch = "tuning.batch"
  case tuningAccumulation = "tuning.accumulate"
  case tuningOptimizer = "tuning.optimizer"
  case tuningLearningRate = "tuning.lr"
  case tuningSchedule = "tuning.schedule"
  case tuningWarmup = "tuning.warmup"
  case tuningWeightDecay = "tuning.weight-decay"
  case tuningBeta1 = "tuning.beta1"
  case tuningBeta2 = "tuning.beta2"
  case tuningEpsilon = "tuning.epsilon"
  case tuningClip = "tuning.clip-norm"
  case tuningCheckpointing = "tuning.checkpointing"
  case tuningGuidanceAware = "tuning.guidance-aware"
  case tuningCaptionDropout = "tuning.caption-dropout"
  case tuningAveraging = "tuning.ema"
  case tuningPreservation = "tuning.preserve"

  case stoppingPatience = "stopping.patience"
  case stoppingMinimalGain = "stopping.minimal-gain"
  case stoppingBudget = "stopping.budget"
  case stoppingSamples = "stopping.max-samples"

  /// The section that the key stands in; nil outside.
  var section: String? {
    rawValue.contains(".") ? String(rawValue.prefix { $0 != "." }) : nil
  }

  /// The key without its section.
  var ownName: String {
    section.map { String(rawValue.dropFirst($0.count + 1)) } ?? rawValue
  }

  /// The sections, in their order.
  static var sections: [String] {
    allCases.compactMap(\.section).reduce(into: []) { if $0.last != $1 { $0.append($1) } }
  }

  /// The split whose prompts the key gives; nil for every other key.
  var split: Split? {
    switch self {
    case .promptsTrain: .train
    case .promptsDev: .dev
    case .promptsTest: .test
    default: nil
    }
  }
}
