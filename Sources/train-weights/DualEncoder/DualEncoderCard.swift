internal import Files

/// The configurations of a dual encoder, as transformers writes them.
struct DualEncoderCard {
  private let settings: DualEncoderSettings
  private let vocabulary: WordVocabulary

  /// The configurations for these sizes and this vocabulary.
  init(_ settings: DualEncoderSettings, _ vocabulary: WordVocabulary) {
    (self.settings, self.vocabulary) = (settings, vocabulary)
  }

  /// `config.json` of the whole.
  var whole: JSONValue {
    [
      "architectures": ["CLIPModel"], "model_type": "clip",
      "projection_dim": .integer(settings.projectionWidth), "logit_scale_init_value": 2.6592,
      "text_config": .object(textMembers), "vision_config": vision, "torch_dtype": "float16",
    ]
  }

  /// `config.json` of the text tower alone.
  var textAlone: JSONValue {
    .object([.init(key: "architectures", value: ["CLIPTextModel"])] + textMembers)
  }

  /// `preprocessor_config.json`.
  var preprocessing: JSONValue {
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

  private var textMembers: [JSONValue.Member] {
    members(of: settings.text, "clip_text_model") + [
      .init(key: "vocab_size", value: .integer(vocabulary.tokens.count)),
      .init(key: "max_position_embeddings", value: .integer(settings.positions)),
      .init(key: "bos_token_id", value: .integer(vocabulary.beginID)),
      .init(key: "eos_token_id", value: .integer(vocabulary.endID)),
      .init(key: "pad_token_id", value: .integer(vocabulary.endID)),
    ]
  }

  private var vision: JSONValue {
    .object(
      members(of: settings.vision, "clip_vision_model") + [
        .init(key: "image_size", value: .integer(settings.imageSize)),
        .init(key: "patch_size", value: .integer(settings.patchSize)),
        .init(key: "num_channels", value: 3),
      ])
  }

  private func members(of tower: DualEncoderSettings.Tower, _ type: String) -> [JSONValue.Member] {
    [
      .init(key: "model_type", value: .string(type)),
      .init(key: "hidden_size", value: .integer(tower.width)),
      .init(key: "intermediate_size", value: .integer(tower.intermediateWidth)),
      .init(key: "num_hidden_layers", value: .integer(tower.layers)),
      .init(key: "num_attention_heads", value: .integer(tower.heads)),
      .init(key: "projection_dim", value: .integer(settings.projectionWidth)),
      .init(key: "hidden_act", value: "quick_gelu"),
      .init(key: "layer_norm_eps", value: 1e-5),
      .init(key: "attention_dropout", value: 0.0),
    ]
  }
}
