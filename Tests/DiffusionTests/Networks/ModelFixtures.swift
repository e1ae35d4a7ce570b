import Diffusion
import Files
import Foundation
import NN
import TestSupport
import Torch

/// The small networks that scripts/fixtures_models.py wrote; the README beside the files says how.
enum ModelFixtures {
  static let unets = ["unet-four-levels", "unet-linear-heads", "unet-attention-below"]
  static let vaes = ["vae-four-levels", "vae-old-names"]

  static func path(_ name: String) -> String {
    Bundle.module.bundleURL.appending(path: "Fixtures/\(name)").path
  }

  static func expected(_ name: String) -> TensorFixture {
    TensorFixture(path("\(name)/expected.safetensors"))
  }

  static func unet(_ name: String, _ placement: Placement = Placement()) throws
    -> UNet2DConditionModel
  {
    let weights = weights(name, .unet, placement)
    let unet = try UNet2DConditionModel(weights, UNetConfiguration(configuration(name)))
    try weights.verify()
    return unet
  }

  static func vae(_ name: String, _ placement: Placement = Placement()) throws -> AutoencoderKL {
    let weights = weights(name, .vae, placement)
    let vae = try AutoencoderKL(weights, VAEConfiguration(configuration(name)))
    try weights.verify()
    return vae
  }

  static func configuration(_ name: String) throws -> ConfigurationFile {
    try ConfigurationFile(path("\(name)/config.json"))
  }

  private static func weights(_ name: String, _ component: ModelComponent, _ placement: Placement)
    -> Weights
  {
    let stored = TensorFixture(path("\(name)/diffusion_pytorch_model.safetensors")).entries
    let entries = stored.map { (DiffusersFolder.name($0, in: component), $1) }
    return Weights(
      Dictionary(uniqueKeysWithValues: entries), source: name, placement: placement)
  }
}
