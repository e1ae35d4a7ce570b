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

  /// The squares that it learns from first.
  var squares = SquareSettings(
    pictures: [
      .init(size: 64, count: 500, weight: 1), .init(size: 128, count: 3000, weight: 5),
      .init(size: 256, count: 600, weight: 4),
    ], crop: 64)

  /// How many whole pictures of the native size it learns from afterwards.
  var wholePictures = 3000

  /// What the divergence from unit noise, per element of the latents, weighs in the loss.
  var divergenceWeight = 1e-4

  /// Pictures that the scaling factor and the error are measured on.
  var measured = 300

  /// How it is trained on squares.
  var course = CourseSettings(steps: 4000, batch: 8, learningRate: 1e-3, warmup: 50)

  /// How it is trained on whole pictures.
  var wholeCourse = CourseSettings(steps: 2500, batch: 4, learningRate: 5e-4, warmup: 50)

  /// Whole pictures as squares of their own size, in pixels.
  func whole(size: Int) -> SquareSettings {
    SquareSettings(pictures: [.init(size: size, count: wholePictures, weight: 1)], crop: size)
  }

  /// A few steps of a narrow network.
  static var quick: AutoencoderSettings {
    var settings = AutoencoderSettings()
    settings.widths = [8, 8, 16, 16]
    settings.squares.pictures = [.init(size: 128, count: 40, weight: 1)]
    settings.wholePictures = 8
    settings.wholeCourse.steps = 4
    settings.measured = 8
    settings.course.steps = 20
    settings.course.batch = 4
    return settings
  }
}
