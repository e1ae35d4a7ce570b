internal import Files

/// The text tower's configuration, as transformers writes it.
struct TextTowerCard {
  private let settings: TextTowerSettings
  private let vocabulary: WordVocabulary

  /// The configuration for these sizes and this vocabulary.
  init(_ settings: TextTowerSettings, _ vocabulary: WordVocabulary) {
    (self.settings, self.vocabulary) = (settings, vocabulary)
  }

  /// `config.json` of the tower alone.
  var whole: [String: JSONValue] {
    part.merging(["architectures": ["CLIPTextModel"], "torch_dtype": "float16"]) { $1 }
  }

  /// `text_config` of a dual encoder.
  var part: [String: JSONValue] {
    let own: [String: JSONValue] = [
      "model_type": "clip_text_model", "vocab_size": .integer(vocabulary.tokens.count),
      "max_position_embeddings": .integer(settings.positions),
      "bos_token_id": .integer(vocabulary.beginID), "eos_token_id": .integer(vocabulary.endID),
      "pad_token_id": .integer(vocabulary.endID),
    ]
    return own.merging(settings.blocks.configuration) { $1 }
  }
}

extension TransformerSizes {
  /// What both towers' configurations say of their blocks.
  var configuration: [String: JSONValue] {
    [
      "hidden_size": .integer(width), "intermediate_size": .integer(intermediateWidth),
      "num_hidden_layers": .integer(layers), "num_attention_heads": .integer(heads),
      "hidden_act": "quick_gelu", "layer_norm_eps": 1e-5, "attention_dropout": 0.0,
    ]
  }
}
