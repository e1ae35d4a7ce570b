/// Why a schedule or a run cannot be had.
public enum SamplingError: Error, Equatable, CustomStringConvertible {
  /// The configuration is sound, but not for this sampler.
  case unsupported(key: String, found: String, sampler: String, accepted: String)
  /// The number of steps is out of range.
  case steps(Int, limit: Int)
  /// The spacing asks for a timestep that the model was not trained on.
  case timestep(Int, count: Int, steps: Int, offset: Int)
  /// Several steps would be at the same noise level.
  case tooManySteps(Int, spacing: String, sampler: String)
  /// The share of noise is out of range, or the sampler has none.
  case eta(Double, sampler: String)
  /// A step that takes noise was given none.
  case noNoise(sampler: String, index: Int)
  /// The noise does not fit the latents.
  case noiseShape([Int], expected: [Int])
  /// The network's output does not fit the latents.
  case outputShape([Int], expected: [Int])
  /// The caller stopped the run.
  case stopped(after: Int, of: Int)

  /// What is wrong, where, and what to do.
  public var description: String {
    switch self {
    case .unsupported(let key, let found, let sampler, let accepted):
      "the scheduler's configuration has \(key) \(found), and \(sampler) takes \(accepted); "
        + "choose another sampler or change the configuration"
    case .steps(let count, let limit):
      "\(count) steps cannot be taken; ask for 1 to \(limit)"
    case .timestep(let timestep, let count, let steps, let offset):
      "\(steps) steps with an offset of \(offset) ask for timestep \(timestep), and the model knows "
        + "0 to \(count - 1); ask for fewer steps, another spacing or a smaller offset"
    case .tooManySteps(let count, let spacing, let sampler):
      "\(count) steps with \(spacing) spacing put several steps of \(sampler) at one timestep; "
        + "ask for fewer"
    case .eta(let eta, let sampler):
      sampler == SamplerKind.ddim.rawValue
        ? "eta is \(eta); it must be between 0 and 1"
        : "eta is \(eta), and \(sampler) has none; leave it at 0 or sample with ddim"
    case .noNoise(let sampler, let index):
      "step \(index + 1) of \(sampler) takes noise, and none was given"
    case .noiseShape(let found, let expected):
      "the noise of a step has shape \(found); the latents have \(expected)"
    case .outputShape(let found, let expected):
      "the network gave \(found) for latents of \(expected); "
        + "is it a network for another task (inpainting, learned variance)?"
    case .stopped(let done, let count):
      "sampling was stopped after \(done) of \(count) evaluations"
    }
  }
}
