internal import CLIP
public import Diffusion
public import LoRA

extension AdapterTargets {
  /// The layers of a text-to-image model: the UNet's and the text encoder's.
  public init(_ model: StableDiffusion) {
    self.init([(.unet, model.unet.slots), (.textEncoder, model.textEncoder.slots)])
  }
}
