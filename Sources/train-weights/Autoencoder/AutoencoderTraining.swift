internal import Diffusion
internal import Files
internal import Foundation
internal import NN
internal import Torch

/// Trains the autoencoder, on squares of renders at all scales at once and then on whole ones, and
/// measures the scale of its latents.
///
/// Squares are cheap. What they do not teach are the statistics that group norms take of a whole
/// picture, most of which is background.
struct AutoencoderTraining {
  /// What files call the part.
  static let name = "autoencoder"

  /// The part's numbers.
  let settings: AutoencoderSettings

  /// The seed of the whole model.
  let seed: UInt64

  /// Side of the pictures that are native to the model, in pixels.
  let nativeSize: Int

  /// Where everything is kept.
  let work: WorkFolder

  /// All that the courses' results follow from.
  private struct Recipe: Encodable {
    let settings: AutoencoderSettings
    let nativeSize: Int
  }

  private var result: PartResult {
    PartResult(name: Self.name, folder: work.autoencoder, work: work)
  }

  /// Takes the steps that are left, and saves the autoencoder.
  func run() throws {
    let unscaled = try VAEConfiguration(
      ConfigurationFile(
        settings.configuration(scalingFactor: 1, nativeSize: nativeSize),
        path: "the autoencoder's settings"))
    let weights = Weights(seed: seed)
    let autoencoder = try AutoencoderKL(weights, unscaled)
    let parameters = try weights.thawed()
    try train(autoencoder, parameters, "\(Self.name)-squares", settings.course, settings.squares)
    let last = try train(
      autoencoder, parameters, Self.name, settings.wholeCourse, settings.whole(size: nativeSize))
    guard !result.isThere else { return }
    let (deviation, error) = try measure(autoencoder)
    try result.keep(
      PartRecord(
        last, parameters: weights.elementCount,
        measured: ["scaling_factor": 1 / deviation, "psnr": error])
    ) { folder in
      try folder.write(
        configuration: settings.configuration(
          scalingFactor: 1 / deviation, nativeSize: nativeSize),
        parameters.stored(as: weights.slots))
    }
    Console.note(
      String(
        format: "autoencoder: scaling factor %.5f, peak signal to noise %.2f dB", 1 / deviation,
        error))
  }

  /// Takes the steps that are left of a course on squares of pictures.
  @discardableResult
  private func train(
    _ autoencoder: AutoencoderKL, _ parameters: [TrainableParameter], _ name: String,
    _ settings: CourseSettings, _ squares: SquareSettings
  ) throws -> CourseLog.Line? {
    let course = try Course(
      name, settings, recipe: Recipe(settings: self.settings, nativeSize: nativeSize), seed: seed,
      parameters: parameters, in: work.path)
    try result.makeRoom(for: course)
    lazy var pool = CropPool(squares, seed: seed)
    return try course.run { _, draws in
      let images = try pool.batch(settings.batch, using: &draws.choices)
      return try loss(of: autoencoder, images, &draws)
    }
  }

  /// `|x − y| + (x − y)² + w·KL`, means over all elements, images in −1…1.
  private func loss(of autoencoder: AutoencoderKL, _ images: Tensor, _ draws: inout StepDraws)
    throws -> Tensor
  {
    let latents = try autoencoder.encode(images)
    let noise = try draws.tensors.normal(latents.mean.shape)
    let decoded = try autoencoder.decodeUnclamped(latents.sample(noise: noise))
    let difference = try decoded - (images * 2 - 1)
    let error = try difference.magnitude().mean() + (difference * difference).mean()
    return try error + settings.divergenceWeight * latents.meanDivergence()
  }

  /// The deviation of the latents of renders that the course did not see, and how well they come
  /// back: 10·log₁₀(1/MSE), in decibels.
  private func measure(_ autoencoder: AutoencoderKL) throws -> (deviation: Double, error: Double) {
    let pictures = Pictures(seed: seed, for: "autoencoder.measured")
    var (count, sum, squares, errors) = (0.0, 0.0, 0.0, 0.0)
    try withoutGradients {
      for range in (0..<settings.measured).batches(of: 20) {
        let images = try Tensor.batch(pictures.images(range, size: nativeSize))
        let latents = try autoencoder.encode(images).mean
        let difference = try autoencoder.decode(latents) - images
        count += Double(latents.count)
        sum += try latents.sum().item()
        squares += try (latents * latents).sum().item()
        errors += try (difference * difference).mean().item() * Double(range.count)
      }
    }
    let mean = sum / count
    let deviation = (squares / count - mean * mean).squareRoot()
    return (deviation, 10 * log10(Double(settings.measured) / errors))
  }
}
