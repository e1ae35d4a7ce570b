internal import CLIP
package import Diffusion
package import LoRA
internal import NN

/// The networks of a model that adapters can hang in, without the rest of the model: enough to read
/// an adapter against, and to merge one.
package struct AdaptableModel {
  /// Where the model is.
  package let location: ModelLocation

  /// Its layers.
  package let targets: AdapterTargets

  /// Its layers' names in files of adapters.
  package let names: AdapterNames

  /// Weights are read when they are first used.
  ///
  /// - Parameter variant: which of several sets of weights to prefer, such as `fp16`.
  package init(_ location: ModelLocation, variant: String? = nil) throws {
    let parts = try location.parts(variant: variant)
    let unetConfiguration = try parts.unetConfiguration(path: location.path)
    let textConfiguration = try TextConfiguration(parts.configuration(.textEncoder))
    let unet = try parts.unet(unetConfiguration, placement: Placement()).network
    let textEncoder = try parts.textEncoder(textConfiguration, placement: Placement()).network
    self.location = location
    targets = AdapterTargets([(.unet, unet.slots), (.textEncoder, textEncoder.slots)])
    names = AdapterNames(targets, unet: unet.configuration)
  }
}

extension AdapterNames {
  /// The layers of a text-to-image model.
  package init(_ model: StableDiffusion) {
    self.init(AdapterTargets(model), unet: model.unet.configuration)
  }

  /// Layers of any SD-1.x model; blocks that are numbered through are numbered as SD-1.5's.
  package static let anyModel = AdapterNames(ofAnyModel: { name in
    LatentDiffusionNames(unetLayers: 2, vaeLevels: 4).latentDiffusion(unet: name)
  })

  fileprivate init(_ targets: AdapterTargets, unet: UNetConfiguration) {
    // Numbers run through only where every level has as many layers.
    let layers = Set(unet.levels.map(\.layers))
    let names =
      layers.count == 1
      ? layers.first.map { LatentDiffusionNames(unetLayers: $0, vaeLevels: 4) } : nil
    self.init(targets, latentDiffusionNames: { names?.latentDiffusion(unet: $0) ?? [] })
  }
}
