/// A checkpoint's `scheduler_config.json`: how it was trained, and how to walk its noise.
///
/// Keys that the file leaves out take the default of the *sampler that is asked for*, as diffusers'
/// `Scheduler.from_config(pipeline.scheduler.config)` has it. Where the samplers' defaults differ
/// the property is nil until the file, or the caller, says something.
public struct SchedulerConfiguration: Sendable, Equatable {
  /// How β rises.
  public enum BetaSchedule: String, CaseIterable, Sendable {
    /// In equal steps.
    case linear
    /// Its root in equal steps.
    case scaledLinear = "scaled_linear"
    /// So that ᾱ falls as a squared cosine; `beta_start` and `beta_end` are not used.
    case squaredCosine = "squaredcos_cap_v2"
  }

  /// How much noise a DDPM step adds.
  public enum Variance: String, CaseIterable, Sendable {
    case fixedSmall = "fixed_small"
    case fixedSmallLogarithm = "fixed_small_log"
    case fixedLarge = "fixed_large"
    case fixedLargeLogarithm = "fixed_large_log"
    case learned
    case learnedRange = "learned_range"
  }

  /// DPM-Solver's second-order rule.
  public enum Solver: Sendable {
    case midpoint
    case heun
  }

  /// The scheduler's class in diffusers, `_class_name`; nil where the file does not say.
  public var className: String?

  /// The number N of training timesteps.
  public var trainTimesteps = 1000

  /// The first β, between 0 and 1.
  public var betaStart = 0.0001

  /// The last β, between 0 and 1.
  public var betaEnd = 0.02

  /// How β goes from the one to the other.
  public var betaSchedule = BetaSchedule.linear

  /// Every β, in place of the schedule.
  public var trainedBetas: [Double]?

  /// What the network's output means.
  public var predictionType = PredictionType.epsilon

  /// Which timesteps a run visits. Default: leading for ddim, pndm and ddpm; linspace for the
  /// others.
  public var timestepSpacing: TimestepSpacing?

  /// What leading spacing adds to every timestep.
  public var stepsOffset = 0

  /// Whether the last step ends at ᾱ = 1, not at ᾱ_0. Default: true for ddim, false for pndm; the
  /// others do not ask.
  public var setsAlphaToOne: Bool?

  /// Whether ddim and ddpm clip their estimates of x₀. Default: true, which latents do not bear;
  /// see `correctedForLatents()`.
  public var clipsSample: Bool?

  /// Where they clip, ±.
  public var clipRange = 1.0

  /// Whether pndm leaves its Runge-Kutta start out; only that is supported.
  public var skipsRungeKutta = true

  /// How much noise ddpm adds. Default: `fixed_small`.
  public var variance: Variance?

  /// Which of DPM-Solver's algorithms the file asks for; dpm++2m is `dpmsolver++` whatever this
  /// says.
  public var solverAlgorithm = "dpmsolver++"

  /// dpm++2m's order, 1…3; 3 is not supported.
  public var solverOrder = 2

  /// dpm++2m's second-order rule; only the midpoint is supported.
  public var solver = Solver.midpoint

  /// Whether dpm++2m takes its last step in first order in a run of fewer than 15.
  public var lowersFinalOrder = true

  /// Whether dpm++2m takes its last step in first order whatever the number of steps.
  public var endsWithEuler = false

  /// Whether euler and dpm++2m space their noise levels as Karras et al. do.
  public var usesKarrasSigmas = false

  /// Whether euler and dpm++2m end at the smallest σ of training (`sigma_min`) and not at 0.
  public var endsAtSmallestSigma = false

  /// Where dpm++2m cuts off the noisiest timesteps, by λ; −∞ cuts nothing.
  public var smallestLambda = -Double.infinity

  /// Keys of the file that nothing here reads, sorted: a misspelt key shows up in it.
  public var unreadKeys: [String] = []

  /// diffusers' defaults.
  public init() {}

  /// What Stable Diffusion 1.5 was published with; for single-file checkpoints, which carry no
  /// configuration.
  public static var stableDiffusion: SchedulerConfiguration {
    var configuration = SchedulerConfiguration()
    configuration.className = "PNDMScheduler"
    configuration.betaStart = 0.00085
    configuration.betaEnd = 0.012
    configuration.betaSchedule = .scaledLinear
    configuration.stepsOffset = 1
    configuration.setsAlphaToOne = false
    configuration.clipsSample = false
    return configuration
  }

  /// As a StableDiffusionPipeline corrects its scheduler: an offset of 1, and no clipping.
  ///
  /// Old files have it wrong, and files of schedulers that do not clip say nothing, which would
  /// make ddim clip. Call this for any latent model before what the user asked for is set.
  public func correctedForLatents() -> SchedulerConfiguration {
    var corrected = self
    corrected.stepsOffset = 1
    corrected.clipsSample = false
    return corrected
  }

  /// Where x₀ is clipped, if it is.
  var clipping: ClosedRange<Double>? {
    clipsSample ?? true ? -clipRange...clipRange : nil
  }
}
