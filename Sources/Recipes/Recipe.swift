public import RAFT

/// All settings of a run, resolved: what is written into its directory and what a resume goes by.
///
/// Sizes are pixels, times seconds.
public struct Recipe: Sendable, Equatable, Codable {
  /// What the recipe is called.
  public var name = ""

  /// What it is for, in a sentence.
  public var about = ""

  /// The model: a diffusers folder, a single file or a hub id.
  public var model = ""

  /// Where every random draw comes from.
  public var seed: UInt64 = 0

  /// The width of all images, a multiple of 8.
  public var width = 512

  /// The height of all images, a multiple of 8.
  public var height = 512

  /// auto, fp32, bf16 or fp16.
  public var precision = "auto"

  /// The prompts of the three splits.
  public var prompts = Prompts()

  /// How samples to learn from are made: λ is its guidance, with its own η.
  public var collecting = Sampling()

  /// How samples that decide and report are made.
  public var evaluating = Evaluation()

  /// What ranks samples.
  public var reward = Rewards()

  /// A second reward that is watched and never optimised; nil for none.
  public var watch: Rewards?

  /// Rounds and what each collects.
  public var rounds = Rounds()

  /// Which samples are learned from.
  public var selection = Selection(.bestOfPrompt(keep: 1))

  /// The adapter.
  public var adapter = Adapter()

  /// How it learns.
  public var tuning = Tuning()

  /// When to stop.
  public var stopping = Stopping()

  /// Whether the control arm (random selection, all else equal) is run too.
  public var control = false

  /// Defaults for everything.
  public init() {}

  /// Prompts of the splits, resolved to the texts themselves.
  public struct Prompts: Sendable, Equatable, Codable {
    /// To learn from.
    public var train: [String] = []
    /// That decide.
    public var dev: [String] = []
    /// That are reported.
    public var test: [String] = []
    /// What images should not show.
    public var negative = ""
    /// No prompts.
    public init() {}
  }

  /// How images are sampled.
  public struct Sampling: Sendable, Equatable, Codable {
    /// A sampler's name; nil for the checkpoint's own.
    public var sampler: String?
    /// Sampling steps.
    public var steps = 20
    /// Strength of classifier-free guidance; 1 is none.
    public var guidance = 7.5
    /// Share of noise in DDIM's steps, 0…1.
    public var eta = 0.0
    /// Defaults.
    public init() {}
  }

  /// How the model is judged between rounds and at the end.
  public struct Evaluation: Sendable, Equatable, Codable {
    /// How its images are sampled.
    public var sampling = Sampling()
    /// Images of each dev prompt.
    public var devImages = 2
    /// Images of each test prompt.
    public var testImages = 4
    /// After every so many rounds dev is sampled.
    public var every = 1
    /// Defaults.
    public init() {}
  }

  /// One or several rewards, as the options of `score` spell them.
  public struct Rewards: Sendable, Equatable, Codable {
    /// `aesthetic`, `clip`, `NAME=command:…:0.5` and so on.
    public var terms: [String] = []
    /// The CLIP of aesthetic and clip.
    public var clip: String?
    /// The head of aesthetic.
    public var aestheticHead: String?
    /// cosine, 100 or logit.
    public var clipScale: String?
    /// raw, z or rank; nil for the default of several.
    public var mix: String?
    /// prompt or round.
    public var per: String?
    /// `NAME=VALUE`, as `--floor` spells them.
    public var floors: [String] = []
    /// No reward.
    public init() {}
  }

  /// Rounds and what each collects.
  public struct Rounds: Sendable, Equatable, Codable {
    /// How many rounds.
    public var count = 5
    /// b, the prompts of a round; nil for all of them.
    public var prompts: Int?
    /// K, the samples of each prompt.
    public var samplesPerPrompt = 10
    /// β of reward − β·d.
    public var beta = 0.0
    /// Whether each round also learns from the best sample of each prompt of all rounds before.
    public var replay = false
    /// Whether each round's training begins anew from the base.
    public var fromBase = false
    /// Samples come from this folder instead of the model; nil for the model.
    public var samplesFrom: String?
    /// Samples come from this model instead of the one that learns.
    public var generator: String?
    /// Samples come from the model with this adapter instead of the one that learns.
    public var generatorAdapter: String?
    /// Defaults.
    public init() {}
  }

  /// What is trained.
  public struct Adapter: Sendable, Equatable, Codable {
    /// r.
    public var rank = 4
    /// α; the rank where nil.
    public var alpha: Double?
    /// Which layers, as `tune --targets` spells them.
    public var targets = ["attention"]
    /// peft or gaussian.
    public var initialisation = "peft"
    /// Share of the adapter's inputs left out at each step.
    public var dropout = 0.0
    /// Go on from this adapter.
    public var from: String?
    /// Defaults.
    public init() {}
  }

  /// How the adapter learns.
  public struct Tuning: Sendable, Equatable, Codable {
    /// What is learned from.
    public enum Source: String, Sendable, Codable, CaseIterable {
      /// The latents that were sampled.
      case latents
      /// The images, encoded again, as published.
      case images
    }
    /// What is learned from.
    public var source: Source = .latents
    /// Optimiser steps of each round.
    public var steps = 80
    /// Examples a forward pass.
    public var batch = 4
    /// Forward passes a step.
    public var accumulation = 1
    /// adamw or sgd.
    public var optimizer = "adamw"
    /// η.
    public var learningRate = 1e-4
    /// constant, linear or cosine.
    public var schedule = "constant"
    /// Steps in which the rate rises from 0.
    public var warmup = 0
    /// Weight decay.
    public var weightDecay = 0.01
    /// β₁ of AdamW.
    public var beta1 = 0.9
    /// β₂ of AdamW.
    public var beta2 = 0.999
    /// ε of AdamW.
    public var epsilon = 1e-8
    /// The norm that gradients are clipped to; 0 for never.
    public var clip = 1.0
    /// Less memory for a third more time.
    public var checkpointing = false
    /// Whether the loss is on w·ε_c + (1−w)·ε_u with the collecting sampler's w.
    public var guidanceAware = false
    /// Share of examples whose prompt is left empty.
    public var captionDropout = 0.0
    /// The decay of the adapter's moving average, which is then what samples; 0 for none.
    public var averaging = 0.0
    /// Share of each batch that are the base's own samples.
    public var preservation = 0.0
    /// Defaults.
    public init() {}
  }

  /// When a run ends before its last round.
  public struct Stopping: Sendable, Equatable, Codable {
    /// Rounds without a better dev reward; 0 for never.
    public var patience = 3
    /// What counts as better.
    public var minimalGain = 0.0
    /// Seconds; nil for no limit.
    public var seconds: Double?
    /// Samples to learn from in all; nil for no limit.
    public var samples: Int?
    /// Defaults.
    public init() {}
  }
}
