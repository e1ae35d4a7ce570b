/// The autoencoder's sizes, and how it is trained.
struct AutoencoderSettings: Sendable, Equatable, Codable {
  /// Channels of each level, finest first.
  var widths = [16, 32, 64, 64]

  /// Residual blocks a level in the encoder; the decoder has one more.
  var layers = 1

  /// Groups of a group norm.
  var groups = 8

  /// Channels of the latents.
  var latentChannels = 4

  /// How many pictures of each size, in pixels, are drawn before the course begins.
  var pictures = [
    PictureShare(size: 64, count: 500, weight: 1), PictureShare(size: 128, count: 3000, weight: 5),
    PictureShare(size: 256, count: 600, weight: 4),
  ]

  /// Side of the squares that it learns from, in pixels.
  var crop = 64

  /// What the divergence from unit noise, per element of the latents, weighs in the loss.
  var divergenceWeight = 1e-4

  /// Pictures that the scaling factor and the error are measured on.
  var measured = 300

  /// How it is trained.
  var course = CourseSettings(steps: 4000, batch: 8, learningRate: 1e-3, warmup: 50)

  /// Pictures of one size.
  struct PictureShare: Sendable, Equatable, Codable {
    /// Side, in pixels.
    var size: Int
    /// How many there are.
    var count: Int
    /// How often one of them is drawn, against the other sizes.
    var weight: Double
  }

  /// A few steps of a narrow network.
  static var quick: AutoencoderSettings {
    var settings = AutoencoderSettings()
    settings.widths = [8, 8, 16, 16]
    settings.pictures = [PictureShare(size: 128, count: 40, weight: 1)]
    settings.measured = 8
    settings.course.steps = 20
    settings.course.batch = 4
    return settings
  }
}
