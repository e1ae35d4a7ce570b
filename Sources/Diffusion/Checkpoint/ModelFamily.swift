internal import Files
internal import NN

/// Tells the families of checkpoints apart and refuses those that are not SD-1.x, by name.
enum ModelFamily {
  private static let advice =
    "this program samples SD-1.x models (text to image, 4 latent channels)"

  /// Refuses pipelines of other families by their class in `model_index.json`.
  static func refuse(pipeline index: ConfigurationFile, path: String) throws {
    guard let name = index["_class_name"]?.string else { return }
    let kinds: [(String, String)] = [
      ("StableDiffusionXL", "an SDXL model"), ("StableDiffusion3", "an SD-3 model"),
      ("Flux", "a Flux model"), ("Kandinsky", "a Kandinsky model"),
      ("StableDiffusionInpaint", "an inpainting model"),
      ("StableDiffusionInstructPix2Pix", "an InstructPix2Pix model"),
      ("StableDiffusionUpscale", "an upscaler"), ("StableCascade", "a Stable Cascade model"),
      ("PixArt", "a PixArt model"), ("LatentConsistency", "a latent consistency model"),
    ]
    for (prefix, kind) in kinds where name.hasPrefix(prefix) {
      throw ModelError.unsupported(path: path, kind: kind, advice: advice)
    }
    guard name.hasSuffix("StableDiffusionPipeline") else {
      throw ModelError.unsupported(path: path, kind: "a \(name)", advice: advice)
    }
  }

  /// Refuses networks of other families by what they take in.
  static func refuse(inChannels: Int, contextWidth: Int, path: String) throws {
    let kind: String? =
      switch (inChannels, contextWidth) {
      case (9, _): "an inpainting model (9 input channels)"
      case (8, _): "an InstructPix2Pix model (8 input channels)"
      case (_, 1024): "an SD-2 model (text states of width 1024)"
      case (_, 2048): "an SDXL model (text states of width 2048)"
      case (4, _): nil
      default: "a model with \(inChannels) input channels"
      }
    if let kind { throw ModelError.unsupported(path: path, kind: kind, advice: advice) }
  }

  /// Refuses single files that hold something else than an SD-1.x checkpoint.
  static func refuse(_ file: TensorFile) throws {
    let names = file.entries.keys
    func has(_ test: (String) -> Bool) -> Bool { names.contains(where: test) }
    func refuse(_ kind: String, _ advice: String = advice) -> ModelError {
      .unsupported(path: file.path, kind: kind, advice: advice)
    }
    if has({ $0.contains("lora_") || $0.contains(".lora.") || $0.contains("_lora.") }) {
      throw refuse("a LoRA adapter", "give the base model, and the adapter with --lora")
    }
    if has({ $0.hasPrefix("conditioner.embedders.") }) { throw refuse("an SDXL checkpoint") }
    if has({ $0.contains("joint_blocks.") }) { throw refuse("an SD-3 checkpoint") }
    if has({ $0.contains("double_blocks.") }) { throw refuse("a Flux checkpoint") }
    if has({ $0.hasPrefix("control_model.") || $0.hasPrefix("controlnet_") }) {
      throw refuse("a ControlNet")
    }
    if has({ $0.hasPrefix("cond_stage_model.model.") }) {
      throw refuse("an SD-2 checkpoint (OpenCLIP text encoder)")
    }
    guard has({ $0.hasPrefix("model.diffusion_model.") }) else {
      throw refuse(
        "a file of weights without a UNet (model.diffusion_model.…)",
        has { $0.hasPrefix("down_blocks.") || $0.hasPrefix("decoder.") }
          ? "it looks like one component of a diffusers model: give the model's folder" : advice)
    }
  }
}
