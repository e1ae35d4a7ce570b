/// Every number of the small model: sizes, steps, batches, rates.
struct ShapesSettings: Sendable, Equatable, Codable {
  /// Side of the pictures that are native to the model, in pixels.
  var nativeSize = 128

  /// The autoencoder's.
  var autoencoder = AutoencoderSettings()

  /// The text tower's.
  var textTower = TextTowerSettings()

  /// The dual encoder's.
  var dualEncoder = DualEncoderSettings()

  /// The aesthetic head's.
  var aestheticHead = AestheticHeadSettings()

  /// The denoiser's.
  var denoiser = DenoiserSettings()

  /// What the model in `weights/shapes` is made with.
  static let full = ShapesSettings()

  /// The same parts, hardly trained: to see in a minute that all of them work.
  static var quick: ShapesSettings {
    var settings = ShapesSettings()
    settings.autoencoder = .quick
    settings.textTower = .quick
    settings.dualEncoder = .quick
    settings.aestheticHead = .quick
    settings.denoiser = .quick
    return settings
  }
}
