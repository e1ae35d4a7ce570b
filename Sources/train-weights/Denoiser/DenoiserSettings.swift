/// The denoiser's sizes, and how it is trained.
package struct DenoiserSettings: Sendable, Equatable, Codable {
  /// Channels of each level, finest first.
  var widths = [64, 96, 128]

  /// Whether a level attends to the text, finest first; the middle always does.
  var attends = [false, true, false]

  /// Residual blocks a level on the way down; one more on the way up.
  var layers = 1

  /// Attention heads.
  var heads = 4

  /// Groups of a group norm.
  var groups = 16

  /// The share of captions that are left empty, for guidance.
  var emptyShare = 0.1

  /// β of the last timestep. With Stable Diffusion's 0.012 the last one still shows how bright a
  /// picture is on the whole, which for flat backgrounds is half of what there is to know, and
  /// which sampling, from noise alone, has to do without.
  var lastBeta = 0.02

  /// γ and δ of ``TimestepWeights``.
  var signalLimit = 5.0
  var signalFloor = 0.02

  /// The courses, each of which begins where the one before ended: a long one, with large pictures in
  /// its first half alone, and three shorter ones that give back some of what was forgotten of them.
  /// Without these, one in ten of a single figure is right at 256 px, too few to learn from.
  var stages = [
    Stage(
      course: CourseSettings(steps: 10_000, batch: 32, learningRate: 1e-3, warmup: 100),
      noiseShare: 0.4,
      pictures: [
        PictureShare(size: 128, count: 24_000),
        PictureShare(size: 256, count: 1500, weight: 0.25, until: 0.5),
      ]),
    Stage(
      course: CourseSettings(steps: 1600, batch: 32, learningRate: 5e-4, warmup: 50),
      pictures: [
        PictureShare(size: 128, count: 24_000), PictureShare(size: 256, count: 1500),
      ]),
    Stage(
      course: CourseSettings(steps: 1000, batch: 32, learningRate: 4e-4, warmup: 50),
      pictures: [
        PictureShare(size: 128, count: 24_000), PictureShare(size: 256, count: 1500, weight: 0.5),
      ]),
    Stage(
      course: CourseSettings(steps: 4000, batch: 32, learningRate: 5e-4, warmup: 50),
      pictures: [
        PictureShare(size: 128, count: 24_000), PictureShare(size: 256, count: 1500, weight: 0.5),
      ]),
  ]

  /// One course.
  package struct Stage: Sendable, Equatable, Codable {
    /// How it is trained; a batch is as many pictures of the first size, and of larger ones fewer, as
    /// many as have its pixels.
    var course: CourseSettings

    /// The share of the course, from its beginning, in which the network is to predict ε; then it is v.
    /// A network that begins with v still overlooks words for shapes after 100,000 pictures, under any
    /// weights of the timesteps that were tried; one that begins with ε heeds them by then, and
    /// goes on doing so once it learns v.
    var noiseShare = 0.0

    /// The sizes of pictures that it learns from.
    var pictures: [PictureShare]
  }

  /// Pictures of one size.
  package struct PictureShare: Sendable, Equatable, Codable {
    /// Side, in pixels.
    var size: Int
    /// How many there are.
    var count: Int
    /// How often a batch is of this size, against the other sizes.
    var weight: Double
    /// The share of the course, from its beginning, in which it is: 1 for all of it.
    var until: Double

    /// So many pictures of one size.
    package init(size: Int, count: Int, weight: Double = 1, until: Double = 1) {
      (self.size, self.count) = (size, count)
      (self.weight, self.until) = (weight, until)
    }
  }

  /// A few steps of a narrow network.
  static var quick: DenoiserSettings {
    var settings = DenoiserSettings()
    settings.widths = [16, 32, 32]
    let pictures = [PictureShare(size: 128, count: 64)]
    settings.stages = [(16, 0.5), (4, 0)].map { steps, share in
      Stage(
        course: CourseSettings(steps: steps, batch: 4, learningRate: 1e-3, warmup: 100),
        noiseShare: share, pictures: pictures)
    }
    return settings
  }
}
