package import Files
package import NN

/// A part of a model that has weights; the raw value is its folder in diffusers' layout.
package enum ModelComponent: String {
  case unet
  case vae
  case textEncoder = "text_encoder"

  /// What the weights' file is called, without extension: as diffusers and as transformers name it.
  var stems: [String] {
    switch self {
    case .unet, .vae: ["diffusion_pytorch_model"]
    case .textEncoder: ["model", "pytorch_model"]
    }
  }
}

/// What a checkpoint's layout has to offer, whichever it is.
package protocol ModelParts {
  /// A component's configuration, under diffusers' keys.
  func configuration(_ component: ModelComponent) throws -> ConfigurationFile

  /// A component's weights, under the names that our layers use.
  func weights(_ component: ModelComponent, placement: Placement) throws -> Weights

  /// The noise schedule that the model was trained with.
  var scheduler: SchedulerConfiguration { get throws }

  /// The folder with the model's vocabulary; nil where the layout has none.
  var tokenizerFolder: String? { get }
}
