/// Makes the small model, part by part.
struct ShapesTraining {
  /// The numbers of all parts.
  let settings: ShapesSettings

  /// What all random numbers follow from.
  let seed: UInt64

  /// Where everything is kept until it is finished.
  let work: WorkFolder

  /// Where the finished model goes.
  let out: String

  /// Makes one part, or what is left of it.
  func run(_ part: ShapesPart) throws {
    switch part {
    case .autoencoder:
      try AutoencoderTraining(
        settings: settings.autoencoder, seed: seed, nativeSize: settings.nativeSize, work: work
      ).run()
    case .latents:
      try denoiser.makeLatents()
    case .textTower:
      try TextTowerTraining(settings: settings.textTower, seed: seed, work: work).run()
    case .dualEncoder:
      try DualEncoderTraining(settings: settings.dualEncoder, seed: seed, work: work).run()
    case .aestheticHead:
      try AestheticHeadTraining(settings: settings.aestheticHead, seed: seed, work: work).run()
    case .denoiser:
      try denoiser.run()
    case .export:
      try ModelExport(settings: settings, seed: seed, work: work).write(to: out)
    }
  }

  private var denoiser: DenoiserTraining {
    DenoiserTraining(
      settings: settings.denoiser, seed: seed, nativeSize: settings.nativeSize, work: work)
  }
}
