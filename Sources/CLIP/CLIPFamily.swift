internal import Files

/// What kind of CLIP a transformers configuration describes; other families are refused by name.
enum CLIPFamily {
  /// Both towers.
  case whole

  /// The vision tower alone.
  case visionTower

  /// - Throws: `CLIPError.unsupported`.
  init(of file: ConfigurationFile) throws {
    let hasParts = ["text_config", "vision_config", "text_config_dict", "vision_config_dict"]
      .contains(where: file.contains)
    switch try file.string("model_type", default: "") {
    case "clip": self = .whole
    case "clip_vision_model": self = .visionTower
    case "clip_text_model":
      throw CLIPError.unsupported(
        path: file.path, kind: "a text encoder alone", advice: Self.advice)
    case "" where hasParts: self = .whole
    case "" where file.contains("patch_size"): self = .visionTower
    case "":
      throw CLIPError.unsupported(
        path: file.path, kind: "no configuration of a CLIP model", advice: Self.advice)
    case let type:
      let kind = Self.kinds[type] ?? "a model of type “\(type)”"
      throw CLIPError.unsupported(path: file.path, kind: kind, advice: Self.advice)
    }
  }

  static let advice = "give a CLIP model with a vision tower, such as openai/clip-vit-large-patch14"

  private static let kinds = [
    "siglip": "a SigLIP model", "siglip2": "a SigLIP 2 model", "blip": "a BLIP model",
    "blip-2": "a BLIP-2 model", "chinese_clip": "a Chinese-CLIP model",
    "altclip": "an AltCLIP model", "clipseg": "a CLIPSeg model", "align": "an ALIGN model",
    "xclip": "an X-CLIP model", "groupvit": "a GroupViT model", "metaclip_2": "a MetaCLIP 2 model",
    "owlvit": "an OWL-ViT model", "flava": "a FLAVA model",
  ]
}
