package import CLIP
package import NN

/// A network that was built, with the elements of its weights.
package struct BuiltNetwork<Network> {
  package let network: Network
  package let elementCount: Int
}

/// Building a model's networks: every tensor has its layer, and every layer its tensors.
extension ModelParts {
  /// The UNet's configuration, unless it is of another family of models.
  ///
  /// - Parameter path: what messages call the model.
  package func unetConfiguration(path: String) throws -> UNetConfiguration {
    let read = try UNetConfiguration(configuration(.unet))
    try ModelFamily.refuse(
      inChannels: read.inChannels, contextWidth: read.contextWidth, path: path)
    return read
  }

  /// Builds the UNet.
  package func unet(_ configuration: UNetConfiguration, placement: Placement) throws
    -> BuiltNetwork<UNet2DConditionModel>
  {
    let weights = try weights(.unet, placement: placement)
    let network = try UNet2DConditionModel(weights, configuration)
    try weights.verify()
    return BuiltNetwork(network: network, elementCount: weights.elementCount)
  }

  /// Builds the VAE.
  package func vae(_ configuration: VAEConfiguration, placement: Placement) throws
    -> BuiltNetwork<AutoencoderKL>
  {
    let weights = try weights(.vae, placement: placement)
    let network = try AutoencoderKL(weights, configuration)
    try weights.verify(ignoring: { $0.hasPrefix("loss.") || $0.hasPrefix("model_ema.") })
    return BuiltNetwork(network: network, elementCount: weights.elementCount)
  }

  /// Builds the text encoder, which computes in fp32 whatever `placement` says: once a prompt, a
  /// fiftieth of a step, that costs nothing, and fp16 overflows in some checkpoints.
  package func textEncoder(_ configuration: TextConfiguration, placement: Placement) throws
    -> BuiltNetwork<TextTransformer>
  {
    let weights = try weights(.textEncoder, placement: placement)
    let network = try TextTransformer(weights.inFullPrecision, configuration)
    try weights.verify(ignoring: {
      $0.hasSuffix("position_ids") || $0 == "text_projection.weight" || $0 == "logit_scale"
    })
    return BuiltNetwork(network: network, elementCount: weights.elementCount)
  }
}

extension SingleFile {
  /// Which network's layer a tensor of the file belongs to, and its name there; nil for what is of
  /// neither the UNet nor the text encoder.
  package func steeringName(_ stored: String) -> (component: ModelComponent, name: String)? {
    let (unet, text) = ("model.diffusion_model.", "cond_stage_model.transformer.")
    if stored.hasPrefix(unet) {
      let name = String(stored.dropFirst(unet.count))
      return (.unet, names.unet(name) ?? name)
    }
    guard stored.hasPrefix(text) else { return nil }
    return (.textEncoder, names.text(String(stored.dropFirst(text.count))))
  }
}
