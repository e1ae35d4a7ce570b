internal import Files

extension AutoencoderSettings {
  /// The contents of `vae/config.json`, in diffusers' words.
  ///
  /// - Parameters:
  ///   - scalingFactor: what latents are multiplied with, so that their deviation is 1.
  ///   - nativeSize: side of the pictures that are native to the model, in pixels.
  func configuration(scalingFactor: Double, nativeSize: Int) -> [String: JSONValue] {
    func everywhere(_ block: String) -> JSONValue {
      .strings(Array(repeating: block, count: widths.count))
    }
    return [
      "_class_name": "AutoencoderKL",
      "_diffusers_version": "0.30.0",
      "act_fn": "silu",
      "block_out_channels": .integers(widths),
      "down_block_types": everywhere("DownEncoderBlock2D"),
      "in_channels": 3,
      "latent_channels": .integer(latentChannels),
      "layers_per_block": .integer(layers),
      "norm_num_groups": .integer(groups),
      "out_channels": 3,
      "sample_size": .integer(nativeSize),
      "scaling_factor": .number(scalingFactor),
      "up_block_types": everywhere("UpDecoderBlock2D"),
    ]
  }
}
