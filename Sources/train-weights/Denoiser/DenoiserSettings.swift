/// The denoiser's sizes, and how it is trained.
struct DenoiserSettings: Sendable, Equatable, Codable {
  /// Channels of each level, finest first.
  var widths = [64, 128, 192]

  /// Whether a level attends to the text, finest first; the middle always does.
  var attention = [true, true, false]

  /// Residual blocks a level on the way down; one more on the way up.
  var layers = 1

  /// Attention heads.
  var heads = 4

  /// Groups of a group norm.
  var groups = 16

  /// The sizes of pictures that it learns from; the first is the native one.
  var pictures = [PictureShare(size: 128, count: 24_000, steps: 1)]

  /// The share of captions that are left empty, for guidance.
  var emptyShare = 0.1

  /// γ of the weights min(SNR, γ)/SNR (Hang et al., arXiv 2303.09556); nil weighs all alike.
  var signalLimit: Double? = 5

  /// Whether it computes in bf16.
  var usesBFloat16 = false

  /// How it is trained.
  var course = CourseSettings(steps: 5000, batch: 32, learningRate: 7e-4, warmup: 100)

  /// Pictures of one size.
  struct PictureShare: Sendable, Equatable, Codable {
    /// Side, in pixels.
    var size: Int
    /// How many there are.
    var count: Int
    /// The share of the steps, from the first, in which this size is drawn as often as others.
    var steps: Double
  }

  /// A few steps of a narrow network.
  static var quick: DenoiserSettings {
    var settings = DenoiserSettings()
    settings.widths = [16, 32, 32]
    settings.pictures[0].count = 64
    settings.course.steps = 20
    settings.course.batch = 4
    return settings
  }
}
