package import CLIP
package import NN

extension ModelParts {
  /// The networks that steer an image, without tokenizer, VAE and schedule.
  ///
  /// - Parameter path: what messages call the model.
  package func steeringNetworks(path: String, placement: Placement) throws
    -> (unet: UNet2DConditionModel, textEncoder: TextTransformer)
  {
    let unetConfiguration = try UNetConfiguration(configuration(.unet))
    let textConfiguration = try TextConfiguration(configuration(.textEncoder))
    try ModelFamily.refuse(
      inChannels: unetConfiguration.inChannels, contextWidth: unetConfiguration.contextWidth,
      path: path)
    let unetWeights = try weights(.unet, placement: placement)
    let unet = try UNet2DConditionModel(unetWeights, unetConfiguration)
    try unetWeights.verify()
    let textWeights = try weights(.textEncoder, placement: placement)
    let textEncoder = try TextTransformer(textWeights, textConfiguration)
    try textWeights.verify(ignoring: {
      $0.hasSuffix("position_ids") || $0 == "text_projection.weight" || $0 == "logit_scale"
    })
    return (unet, textEncoder)
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
