public import Foundation

extension SchedulerConfiguration {
  /// Reads a `scheduler_config.json`.
  ///
  /// - Throws: `SamplingError`, naming file, key, what was found and what is accepted.
  public init(contentsOf file: URL) throws {
    let data: Data
    do {
      data = try Data(contentsOf: file)
    } catch {
      throw SamplingError.unreadable(file: file.relativePath, reason: "the file cannot be read")
    }
    try self.init(json: data, file: file.relativePath)
  }

  /// Reads the text of a `scheduler_config.json`; `file` is what messages call it.
  public init(json: Data, file: String) throws {
    var values = try ConfigurationValues(json: json, file: file)
    self.init()
    className = try values.text("_class_name")
    if let className, ["FlowMatch", "EDM"].contains(where: className.hasPrefix) {
      throw SamplingError.refused(
        file: file, key: "_class_name", found: className,
        reason: "it belongs to a model of another kind than Stable Diffusion 1.x")
    }
    try readTraining(&values)
    try readSampling(&values)
    try readSolvers(&values)
    try Self.refuseOthers(&values)
    unreadKeys = values.unreadKeys
  }

  private mutating func readTraining(_ values: inout ConfigurationValues) throws {
    trainTimesteps =
      try values.integer("num_train_timesteps", in: 1...100_000) ?? trainTimesteps
    let fraction = "a number above 0 and below 1"
    betaStart = try values.number("beta_start", fraction) { 0 < $0 && $0 < 1 } ?? betaStart
    betaEnd = try values.number("beta_end", fraction) { 0 < $0 && $0 < 1 } ?? betaEnd
    betaSchedule = try values.choice("beta_schedule", of: BetaSchedule.self) ?? betaSchedule
    trainedBetas = try values.numbers(
      "trained_betas", "null or a list of \(trainTimesteps) numbers above 0 and below 1"
    ) { $0.count == trainTimesteps && $0.allSatisfy { 0 < $0 && $0 < 1 } }
    predictionType = try values.choice("prediction_type", of: PredictionType.self) ?? predictionType
  }

  private mutating func readSampling(_ values: inout ConfigurationValues) throws {
    timestepSpacing = try values.choice("timestep_spacing", of: TimestepSpacing.self)
    stepsOffset = try values.integer("steps_offset", in: 0...trainTimesteps - 1) ?? stepsOffset
    setsAlphaToOne = try values.flag("set_alpha_to_one")
    clipsSample = try values.flag("clip_sample")
    clipRange = try values.number("clip_sample_range", "a number above 0") { $0 > 0 } ?? clipRange
    skipsRungeKutta = try values.flag("skip_prk_steps") ?? skipsRungeKutta
    variance = try values.choice("variance_type", of: Variance.self)
  }

  private mutating func readSolvers(_ values: inout ConfigurationValues) throws {
    solverOrder = try values.integer("solver_order", in: 1...3) ?? solverOrder
    // As diffusers does, the names that other solvers have for their rules are taken as the midpoint's.
    let rules = ["midpoint", "heun", "logrho", "bh1", "bh2"]
    solver = try values.choice("solver_type", of: rules) == "heun" ? .heun : .midpoint
    lowersFinalOrder = try values.flag("lower_order_final") ?? lowersFinalOrder
    endsWithEuler = try values.flag("euler_at_final") ?? endsWithEuler
    usesKarrasSigmas = try values.flag("use_karras_sigmas") ?? usesKarrasSigmas
    endsAtSmallestSigma =
      try values.choice("final_sigmas_type", of: ["zero", "sigma_min"]) == "sigma_min"
    smallestLambda =
      try values.number("lambda_min_clipped", "a number or -Infinity") { $0 < .infinity }
      ?? smallestLambda
    // dpm++2m says by its own name which algorithm it is.
    _ = try values.choice(
      "algorithm_type",
      of: ["dpmsolver", "dpmsolver++", "sde-dpmsolver", "sde-dpmsolver++", "deis"])
  }

  /// What would change the numbers and is not done here.
  private static func refuseOthers(_ values: inout ConfigurationValues) throws {
    let switches = [
      ("thresholding", "it is for models of pixels, not of latents"),
      ("rescale_betas_zero_snr", "zero terminal SNR is not implemented"),
      ("use_exponential_sigmas", "only Karras sigmas are implemented"),
      ("use_beta_sigmas", "only Karras sigmas are implemented"),
      ("use_lu_lambdas", "only Karras sigmas are implemented"),
      ("use_flow_sigmas", "it belongs to flow-matching models"),
      ("use_dynamic_shifting", "it belongs to flow-matching models"),
    ]
    for (key, reason) in switches where try values.flag(key) == true {
      throw SamplingError.refused(file: values.file, key: key, found: "true", reason: reason)
    }
    for key in ["sigma_min", "sigma_max"] {
      guard let value = try values.number(key, "null", { $0.isFinite }) else { continue }
      throw SamplingError.refused(
        file: values.file, key: key, found: "\(value)",
        reason: "the noise levels come from the schedule; set it to null")
    }
    _ = try values.choice("interpolation_type", of: ["linear"])
    _ = try values.choice("timestep_type", of: ["discrete"])
  }
}
