package import Files
public import Foundation

extension SchedulerConfiguration {
  /// Reads a `scheduler_config.json`.
  ///
  /// - Throws: `FileError`, or `ConfigurationError`, which names file, key, what was found and what
  ///   is accepted.
  public init(contentsOf file: URL) throws {
    try self.init(ConfigurationFile(file.relativePath))
  }

  /// Reads the text of a `scheduler_config.json`; `file` is what messages call it.
  public init(json: Data, file: String) throws {
    try self.init(ConfigurationFile(json, path: file))
  }

  /// Reads what the values of `file` say.
  package init(_ file: ConfigurationFile) throws {
    self.init()
    className = try file.optional("_class_name") { try file.string($0) }
    if let className, ["FlowMatch", "EDM"].contains(where: className.hasPrefix) {
      throw file.refused(
        "_class_name", because: "it belongs to a model of another kind than Stable Diffusion 1.x")
    }
    try readTraining(file)
    try readSampling(file)
    try readSolvers(file)
    try Self.refuseOthers(file)
    unreadKeys = file.unreadKeys
  }

  private mutating func readTraining(_ file: ConfigurationFile) throws {
    trainTimesteps = try file.integer(
      "num_train_timesteps", in: 1...100_000, default: trainTimesteps)
    func fraction(_ key: String, default fallback: Double) throws -> Double {
      let expected = "a number above 0 and below 1"
      return try file.number(key, default: fallback, expected: expected) { 0 < $0 && $0 < 1 }
    }
    betaStart = try fraction("beta_start", default: betaStart)
    betaEnd = try fraction("beta_end", default: betaEnd)
    betaSchedule = try file.choice("beta_schedule", default: betaSchedule)
    let count = trainTimesteps
    trainedBetas = try file.optional("trained_betas") { key in
      let expected = "null or a list of \(count) numbers above 0 and below 1"
      return try file.numbers(key, expected: expected) {
        $0.count == count && $0.allSatisfy { 0 < $0 && $0 < 1 }
      }
    }
    predictionType = try file.choice("prediction_type", default: predictionType)
  }

  private mutating func readSampling(_ file: ConfigurationFile) throws {
    timestepSpacing = try file.optional("timestep_spacing") { try file.choice($0) }
    stepsOffset = try file.integer(
      "steps_offset", in: 0...trainTimesteps - 1, default: stepsOffset)
    setsAlphaToOne = try file.optional("set_alpha_to_one") { try file.bool($0) }
    clipsSample = try file.optional("clip_sample") { try file.bool($0) }
    clipRange = try file.number(
      "clip_sample_range", default: clipRange, expected: "a number above 0"
    ) { $0 > 0 && $0.isFinite }
    skipsRungeKutta = try file.bool("skip_prk_steps", default: skipsRungeKutta)
    variance = try file.optional("variance_type") { try file.choice($0) }
  }

  private mutating func readSolvers(_ file: ConfigurationFile) throws {
    solverOrder = try file.integer("solver_order", in: 1...3, default: solverOrder)
    // As diffusers does, the names that other solvers have for their rules are taken as the
    // midpoint's.
    let rule = try file.choice(
      "solver_type", of: ["midpoint", "heun", "logrho", "bh1", "bh2"], default: "midpoint")
    solver = rule == "heun" ? .heun : .midpoint
    lowersFinalOrder = try file.bool("lower_order_final", default: lowersFinalOrder)
    endsWithEuler = try file.bool("euler_at_final", default: endsWithEuler)
    usesKarrasSigmas = try file.bool("use_karras_sigmas", default: usesKarrasSigmas)
    let final = try file.choice("final_sigmas_type", of: ["zero", "sigma_min"], default: "zero")
    endsAtSmallestSigma = final == "sigma_min"
    smallestLambda = try file.number(
      "lambda_min_clipped", default: smallestLambda, expected: "a number or -Infinity"
    ) { $0 < .infinity }
    solverAlgorithm = try file.choice(
      "algorithm_type",
      of: ["dpmsolver", "dpmsolver++", "sde-dpmsolver", "sde-dpmsolver++", "deis"],
      default: solverAlgorithm)
  }

  /// What would change the numbers and is not done here.
  private static func refuseOthers(_ file: ConfigurationFile) throws {
    let switches = [
      ("thresholding", "it is for models of pixels, not of latents"),
      ("rescale_betas_zero_snr", "zero terminal SNR is not implemented"),
      ("use_exponential_sigmas", "only Karras sigmas are implemented"),
      ("use_beta_sigmas", "only Karras sigmas are implemented"),
      ("use_lu_lambdas", "only Karras sigmas are implemented"),
      ("use_flow_sigmas", "it belongs to flow-matching models"),
      ("use_dynamic_shifting", "it belongs to flow-matching models"),
    ]
    for (key, reason) in switches where try file.bool(key, default: false) {
      throw file.refused(key, because: reason)
    }
    for key in ["sigma_min", "sigma_max"] where file.contains(key) {
      throw file.refused(
        key, because: "the noise levels come from the schedule; set it to null")
    }
    try file.require("interpolation_type", .string("linear"))
    try file.require("timestep_type", .string("discrete"))
  }
}
