internal import Files

/// The configurations of a dual encoder, as transformers writes them.
struct DualEncoderCard {
  private let settings: DualEncoderSettings
  /// `text_config`: the finished text tower's configuration, with one block more.
  let text: [String: JSONValue]

  /// The configurations for these sizes and a finished text tower whose own configuration is `text`.
  init(_ settings: DualEncoderSettings, text: [String: JSONValue]) {
    self.settings = settings
    var text = text
    if case .integer(let layers)? = text["num_hidden_layers"] {
      text["num_hidden_layers"] = .integer(layers + 1)
    }
    self.text = text.merging(["projection_dim": .integer(settings.projectionWidth)]) { $1 }
  }

  /// `config.json` of the whole.
  var whole: [String: JSONValue] {
    [
      "architectures": ["CLIPModel"], "model_type": "clip",
      "projection_dim": .integer(settings.projectionWidth), "logit_scale_init_value": 2.6592,
      "text_config": JSONValue(text), "vision_config": JSONValue(vision),
      "torch_dtype": "float16",
    ]
  }

  /// `preprocessor_config.json`.
  var preprocessing: [String: JSONValue] {
    let edge = JSONValue.integer(settings.imageSize)
    return [
      "image_processor_type": "CLIPImageProcessor", "do_resize": true,
      "size": ["shortest_edge": edge], "resample": 3, "do_center_crop": true,
      "crop_size": ["height": edge, "width": edge], "do_rescale": true,
      "rescale_factor": .number(1.0 / 255), "do_normalize": true,
      "image_mean": [0.48145466, 0.4578275, 0.40821073],
      "image_std": [0.26862954, 0.26130258, 0.27577711], "do_convert_rgb": true,
    ]
  }

  private var vision: [String: JSONValue] {
    let own: [String: JSONValue] = [
      "model_type": "clip_vision_model", "image_size": .integer(settings.imageSize),
      "patch_size": .integer(settings.patchSize), "num_channels": 3,
      "projection_dim": .integer(settings.projectionWidth),
    ]
    return own.merging(settings.vision.configuration) { $1 }
  }
}
