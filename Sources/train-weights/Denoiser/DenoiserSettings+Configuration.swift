internal import Files

extension DenoiserSettings {
  /// The contents of `unet/config.json`, in diffusers' words.
  ///
  /// - Parameters:
  ///   - contextWidth: the width of a text state.
  ///   - nativeSize: width and height of the native size, in latents.
  func configuration(contextWidth: Int, nativeSize: Int) -> [String: JSONValue] {
    func blocks(_ side: String, _ attends: [Bool]) -> JSONValue {
      .strings(attends.map { ($0 ? "CrossAttn" : "") + "\(side)Block2D" })
    }
    return [
      "_class_name": "UNet2DConditionModel",
      "_diffusers_version": "0.30.0",
      "act_fn": "silu",
      // diffusers means the number of heads.
      "attention_head_dim": .integer(heads),
      "block_out_channels": .integers(widths),
      "center_input_sample": false,
      "cross_attention_dim": .integer(contextWidth),
      "down_block_types": blocks("Down", attends),
      "downsample_padding": 1,
      "flip_sin_to_cos": true,
      "freq_shift": 0,
      "in_channels": 4,
      "layers_per_block": .integer(layers),
      "mid_block_scale_factor": 1,
      "norm_eps": 1e-05,
      "norm_num_groups": .integer(groups),
      "out_channels": 4,
      "sample_size": .integer(nativeSize),
      "up_block_types": blocks("Up", attends.reversed()),
    ]
  }

  /// The contents of `scheduler/scheduler_config.json`: Stable Diffusion 1.5's, but for the end, and
  /// for what is predicted: v = √ᾱ·ε − √(1−ᾱ)·x₀ (Salimans & Ho, arXiv 2202.00512). A small network
  /// that predicts ε misses it by a few per cent, and where √ᾱ is 0.01 that is a picture that is
  /// wrong by a few times its range; what it predicts of v there is the picture itself.
  var scheduler: [String: JSONValue] {
    [
      "_class_name": "PNDMScheduler",
      "_diffusers_version": "0.30.0",
      "beta_end": .number(lastBeta),
      "beta_schedule": "scaled_linear",
      "beta_start": 0.00085,
      "clip_sample": false,
      "num_train_timesteps": 1000,
      "prediction_type": "v_prediction",
      "set_alpha_to_one": false,
      "skip_prk_steps": true,
      "steps_offset": 1,
      "trained_betas": nil,
    ]
  }
}
