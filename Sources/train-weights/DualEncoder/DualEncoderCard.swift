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
  var whole: [String: JSONValue] {
    [
      "architectures": ["CLIPModel"], "model_type": "clip",
      "projection_dim": .integer(settings.projectionWidth), "logit_scale_init_value": 2.6592,
      "text_config": JSONValue(text), "vision_config": JSONValue(vision),
      "torch_dtype": "float16",
    ]
  }

  /// `config.json` of the text tower alone.
  var textAlone: [String: JSONValue] {
    text.merging(["architectures": ["CLIPTextModel"], "torch_dtype": "float16"]) { $1 }
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

  private var text: [String: JSONValue] {
    let own: [String: JSONValue] = [
      "model_type": "clip_text_model", "vocab_size": .integer(vocabulary.tokens.count),
      "max_position_embeddings": .integer(settings.positions),
      "bos_token_id": .integer(vocabulary.beginID), "eos_token_id": .integer(vocabulary.endID),
      "pad_token_id": .integer(vocabulary.endID),
    ]
    return own.merging(blocks(of: settings.text)) { $1 }
  }

  private var vision: [String: JSONValue] {
    let own: [String: JSONValue] = [
      "model_type": "clip_vision_model", "image_size": .integer(settings.imageSize),
      "patch_size": .integer(settings.patchSize), "num_channels": 3,
    ]
    return own.merging(blocks(of: settings.vision)) { $1 }
  }

  private func blocks(of tower: DualEncoderSettings.Tower) -> [String: JSONValue] {
    [
      "hidden_size": .integer(tower.width), "intermediate_size": .integer(tower.intermediateWidth),
      "num_hidden_layers": .integer(tower.layers), "num_attention_heads": .integer(tower.heads),
      "projection_dim": .integer(settings.projectionWidth), "hidden_act": "quick_gelu",
      "layer_norm_eps": 1e-5, "attention_dropout": 0.0,
    ]
  }
}
