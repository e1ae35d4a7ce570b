import Diffusion
import Foundation
import Testing

/// Reading scheduler_config.json, and saying what is wrong with one.
struct SchedulerConfigurationTests {
  static let published = """
    {
      "_class_name": "PNDMScheduler",
      "_diffusers_version": "0.6.0",
      "beta_end": 0.012,
      "beta_schedule": "scaled_linear",
      "beta_start": 0.00085,
      "num_train_timesteps": 1000,
      "set_alpha_to_one": false,
      "skip_prk_steps": true,
      "steps_offset": 1,
      "trained_betas": null,
      "clip_sample": false
    }
    """

  private func read(_ json: String) throws -> SchedulerConfiguration {
    try SchedulerConfiguration(json: Data(json.utf8), file: "scheduler_config.json")
  }

  private func message(_ body: () throws -> Void) -> String? {
    do {
      try body()
      return nil
    } catch {
      return "\(error)"
    }
  }

  @Test("Stable Diffusion 1.5's own file is what single-file checkpoints are taken to have")
  func publishedFile() throws {
    #expect(try read(Self.published) == .stableDiffusion)
  }

  @Test(
    "a spacing that the file leaves out is the sampler's own; one that it has is kept",
    arguments: [
      (SamplerKind.ddim, 951.0), (.pndm, 951), (.ddpm, 951), (.euler, 999), (.ancestralEuler, 999),
      (.dpmSolver, 999), (.dpmSolverKarras, 999),
    ])
  func spacing(_ kind: SamplerKind, _ first: Double) throws {
    var configuration = try read(Self.published)
    #expect(try kind.sampler(configuration: configuration, steps: 20).timesteps.first == first)
    configuration.timestepSpacing = .trailing
    #expect(try kind.sampler(configuration: configuration, steps: 20).timesteps.first == 999)
  }

  @Test("-Infinity, which diffusers writes, is a number")
  func infinity() throws {
    #expect(try read(#"{"lambda_min_clipped": -Infinity}"#).smallestLambda == -.infinity)
  }

  @Test("keys that nothing reads are listed; diffusers' own notes are not")
  func unreadKeys() throws {
    let configuration = try read(
      #"{"prediction_typ": "epsilon", "_diffusers_version": "1", "flow_shift": 1}"#)
    #expect(configuration.unreadKeys == ["flow_shift", "prediction_typ"])
  }

  @Test("a latent model's schedule is corrected as its pipeline does")
  func corrected() throws {
    let configuration = try read(#"{"steps_offset": 0, "clip_sample": true}"#)
      .correctedForLatents()
    #expect(configuration.stepsOffset == 1)
    #expect(configuration.clipsSample == false)
  }

  @Test(
    "a wrong value names file, key and what is accepted",
    arguments: [
      (
        #"{"beta_schedule": "cosine"}"#,
        #"“beta_schedule” is "cosine", which is not supported; accepted: linear, scaled_linear, squaredcos_cap_v2"#
      ),
      (
        #"{"prediction_type": "v"}"#,
        #"“prediction_type” is "v", which is not supported; accepted: epsilon, v_prediction, sample"#
      ),
      (
        #"{"timestep_spacing": 3}"#,
        "“timestep_spacing” is 3, which is not supported; accepted: leading, linspace, trailing"
      ),
      (
        #"{"num_train_timesteps": 0}"#,
        "“num_train_timesteps” is 0, which should be a whole number from 1 to 100000"
      ),
      (
        #"{"num_train_timesteps": 10.5}"#,
        "“num_train_timesteps” is 10.5, which should be a whole number from 1 to 100000"
      ),
      (
        #"{"steps_offset": -1}"#,
        "“steps_offset” is -1, which should be a whole number from 0 to 999"
      ),
      (#"{"beta_start": 2}"#, "“beta_start” is 2, which should be a number above 0 and below 1"),
      (#"{"beta_end": NaN}"#, "“beta_end” is NaN, which should be a number above 0 and below 1"),
      (#"{"clip_sample": 1}"#, "“clip_sample” is 1, which should be true or false"),
      (#"{"clip_sample_range": 0}"#, "“clip_sample_range” is 0, which should be a number above 0"),
      (
        #"{"trained_betas": [0.1, 0.2]}"#,
        "“trained_betas” is [0.1, 0.2], which should be null or a list of 1000 numbers above 0 and below 1"
      ),
      (#"{"solver_order": 4}"#, "“solver_order” is 4, which should be a whole number from 1 to 3"),
      (
        #"{"final_sigmas_type": {}}"#,
        "“final_sigmas_type” is {…}, which is not supported; accepted: zero, sigma_min"
      ),
      (
        #"{"interpolation_type": "log_linear"}"#,
        #"“interpolation_type” is "log_linear", which is not supported; accepted: "linear""#
      ),
      (
        #"{"thresholding": true}"#,
        "“thresholding” is true, which is not supported: it is for models of pixels, not of latents"
      ),
      (
        #"{"rescale_betas_zero_snr": true}"#,
        "“rescale_betas_zero_snr” is true, which is not supported: zero terminal SNR is not implemented"
      ),
      (
        #"{"sigma_max": 80}"#,
        "“sigma_max” is 80, which is not supported: the noise levels come from the schedule; "
          + "set it to null"
      ),
      (
        #"{"_class_name": "FlowMatchEulerDiscreteScheduler"}"#,
        #"“_class_name” is "FlowMatchEulerDiscreteScheduler", which is not supported: "#
          + "it belongs to a model of another kind than Stable Diffusion 1.x"
      ),
    ])
  func wrongValue(_ json: String, _ expected: String) {
    #expect(message { _ = try read(json) } == "scheduler_config.json: \(expected)")
  }

  @Test("what is no JSON object, or no file, is said to be none")
  func unreadable() {
    #expect(
      message { _ = try read("[]") }
        == "scheduler_config.json is not a JSON object of keys and values; is it a configuration?")
    #expect(
      message { _ = try read("{") }
        == "scheduler_config.json is not valid JSON: line 1: expected a key in quotes; "
        + "is the download complete?")
    let missing = URL(filePath: "/nowhere/scheduler_config.json")
    #expect(
      message { _ = try SchedulerConfiguration(contentsOf: missing) }
        == "/nowhere/scheduler_config.json does not exist; check the path")
  }

  @Test(
    "what a sampler cannot do is said with what it can",
    arguments: [
      (
        #"{"skip_prk_steps": false}"#, SamplerKind.pndm, 9, 0.0,
        "the scheduler's configuration has skip_prk_steps false, and pndm takes true; "
          + "choose another sampler or change the configuration"
      ),
      (
        #"{"prediction_type": "sample"}"#, .pndm, 9, 0,
        "the scheduler's configuration has prediction_type sample, and pndm takes epsilon or "
          + "v_prediction; choose another sampler or change the configuration"
      ),
      (
        #"{"solver_order": 3}"#, .dpmSolver, 9, 0,
        "the scheduler's configuration has solver_order 3, and dpm++2m takes 1 or 2; "
          + "choose another sampler or change the configuration"
      ),
      (
        #"{"variance_type": "learned_range"}"#, .ddpm, 9, 0,
        "the scheduler's configuration has variance_type learned_range, and ddpm takes "
          + "fixed_small or fixed_large; choose another sampler or change the configuration"
      ),
      ("{}", .ddim, 0, 0, "0 steps cannot be taken; ask for 1 to 1000"),
      ("{}", .euler, 1001, 0, "1001 steps cannot be taken; ask for 1 to 1000"),
      ("{}", .ddim, 9, 1.5, "eta is 1.5; it must be between 0 and 1"),
      ("{}", .euler, 9, 0.5, "eta is 0.5, and euler has none; leave it at 0 or sample with ddim"),
      (
        #"{"steps_offset": 1}"#, .ddim, 1000, 0,
        "1000 steps with an offset of 1 ask for timestep 1000, and the model knows 0 to 999; "
          + "ask for fewer steps, another spacing or a smaller offset"
      ),
      (
        "{}", .dpmSolver, 1000, 0,
        "1000 steps with linspace spacing put several steps of dpm++2m at one timestep; "
          + "ask for fewer"
      ),
    ])
  func unsupported(
    _ json: String, _ kind: SamplerKind, _ steps: Int, _ eta: Double, _ expected: String
  ) {
    let found = message {
      _ = try kind.sampler(configuration: read(json), steps: steps, eta: eta)
    }
    #expect(found == expected)
  }
}
