/// Tells apart the kinds of adapters that are no plain low-rank ones, and refuses them by name.
enum UnsupportedAdapter {
  /// Refuses a file by the names of its tensors.
  static func refuse(_ names: [String], file: String) throws {
    for name in names {
      guard let (kind, advice) = kind(of: name) else { continue }
      throw AdapterFileError.unsupported(file: file, kind: kind, example: name, advice: advice)
    }
  }

  /// What to say of a file of another family of models, going by the names of its tensors; nil where
  /// none of them gives a family away.
  static func otherBase(_ names: [String], file: String) -> AdapterFileError? {
    for name in names {
      guard let base = base(of: name) else { continue }
      return .otherBase(file: file, base: base, evidence: "it has \(name)")
    }
    return nil
  }

  /// The family whose text states are so wide; nil where none is known.
  static func base(ofContextWidth width: Int) -> String? {
    switch width {
    case 768: "SD-1.x"
    case 1024: "SD-2"
    case 2048: "SDXL"
    default: nil
    }
  }

  private static let merging =
    "merge it into its base with the program that trained it, or extract a LoRA from it"

  private static func kind(of name: String) -> (kind: String, advice: String)? {
    func has(_ parts: String...) -> Bool { parts.contains { name.contains($0) } }
    func ends(_ parts: String...) -> Bool { parts.contains { name.hasSuffix($0) } }
    if has(".dora_scale", "lora_magnitude_vector") { return ("a DoRA adapter", merging) }
    if has(".hada_") { return ("a LoHa adapter", merging) }
    if has(".lokr_") { return ("a LoKr adapter", merging) }
    if has(".oft_", ".oft_diag", ".boft_") { return ("an OFT adapter", merging) }
    if has("vera_lambda") { return ("a VeRA adapter", merging) }
    if ends(".a1.weight", ".b1.weight") { return ("a GLoRA adapter", merging) }
    if ends(".on_input") { return ("an IA3 adapter", merging) }
    if ends(".diff", ".diff_b", ".set_weight", ".w_norm", ".b_norm") {
      return ("a file of full weight differences", merging)
    }
    if ends(".lora_B.bias", ".lora_up.bias", ".lora.up.bias") || has(".lora_B.default.bias") {
      return ("a LoRA with biases", "train it with lora_bias off, or \(merging)")
    }
    if has("lora_embedding_A", "lora_embedding_B") {
      return ("a LoRA on embeddings", "train it on linear layers and convolutions only")
    }
    if has("modules_to_save") {
      return ("an adapter that brings whole layers along", "train it without modules_to_save")
    }
    if isCloneofsimo(name) {
      return (
        "a LoRA of cloneofsimo's first program, whose names are only numbers",
        "convert it to the diffusers or kohya form with that program"
      )
    }
    if has("lora_controlnet", "bundle_emb.") || name == "emb_params" || has("string_to_param") {
      return ("no LoRA of a text-to-image model", "give a LoRA file of diffusers, PEFT or kohya")
    }
    return nil
  }

  /// Such as `unet:0:up`.
  private static func isCloneofsimo(_ name: String) -> Bool {
    let parts = name.split(separator: ":", omittingEmptySubsequences: false)
    return parts.count == 3 && Int(parts[1]) != nil && ["up", "down"].contains(parts[2])
  }

  private static func base(of name: String) -> String? {
    func has(_ parts: String...) -> Bool { parts.contains { name.contains($0) } }
    if has("lora_te2_", "text_encoder_2.", "add_embedding", "label_emb") { return "SDXL" }
    if has("lora_te3_", "text_encoder_3.", "joint_blocks", "joint_transformer_blocks") {
      return "SD-3"
    }
    if has("double_blocks", "single_blocks", "single_transformer_blocks") { return "Flux" }
    if name.hasPrefix("transformer.") || name.hasPrefix("lora_transformer_") {
      return "a diffusion transformer"
    }
    if has("lora_prior_") { return "Stable Cascade" }
    if has("motion_modules") { return "a video model" }
    if has("model.layers.", "transformer.h.") { return "a language model" }
    return nil
  }
}
