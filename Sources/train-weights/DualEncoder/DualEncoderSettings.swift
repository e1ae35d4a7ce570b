/// The dual encoder's sizes, and how it is trained.
struct DualEncoderSettings: Sendable, Equatable, Codable {
  /// Pixels along the edge of what the vision tower takes.
  var imageSize = 64

  /// Pixels along a patch's edge.
  var patchSize = 8

  /// The vision tower's blocks.
  var vision = TransformerSizes(width: 128, layers: 4, heads: 4)

  /// Width of an embedding.
  var projectionWidth = 128

  /// The sizes that pictures are drawn at, in pixels, one as often as another.
  var pictureSizes = [64, 128, 128, 256]

  /// Steps in which the scenes become as hard as all later ones.
  var easySteps = 800

  /// The share of later scenes that are to have two figures whatever the sampler draws.
  var pairShare = 0.3

  /// The share of a batch's scenes that are another scene of it with one thing changed.
  var siblingShare = 0.5

  /// Spoilt pictures beside a batch, as a share of it.
  var spoiltShare = 0.25

  /// The share of a styled scene's captions that do not say the shapes.
  var vagueness = 0.2

  /// What the probes of a figure's colour and shape and the like weigh in the loss.
  var probeWeight = 1.0

  /// What the probe of a picture's quality weighs in the loss.
  var qualityWeight = 20.0

  /// How it is trained.
  var course = CourseSettings(steps: 4000, batch: 48, learningRate: 1e-3, warmup: 100)

  /// A few steps of a narrow tower.
  static var quick: DualEncoderSettings {
    var settings = DualEncoderSettings()
    settings.vision = TransformerSizes(width: 32, layers: 1, heads: 2)
    settings.easySteps = 10
    settings.course.steps = 20
    settings.course.batch = 8
    settings.course.warmup = 2
    return settings
  }
}
