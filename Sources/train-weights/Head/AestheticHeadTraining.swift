internal import CLIP
internal import Files
internal import Foundation
internal import Imaging
internal import NN
internal import RAFT
internal import Shapes
internal import Torch

/// Makes the aesthetic head: the linear map from the finished dual encoder's embeddings to the
/// qualities of renders, clean ones and spoilt ones. It never sees what a diffusion model makes.
struct AestheticHeadTraining {
  /// What files call the part.
  static let name = "aesthetic-head"

  /// The part's numbers.
  let settings: AestheticHeadSettings

  /// The seed of the whole model.
  let seed: UInt64

  /// Where everything is kept.
  let work: WorkFolder

  /// All that the head follows from.
  private struct Recipe: Encodable {
    let settings: AestheticHeadSettings
    let dualEncoder: String
  }

  /// Saves the head, in the layout of LAION's first predictor, unless it is there and was made from
  /// the same dual encoder, settings and seed.
  func run() throws {
    let recipe = Recipe(
      settings: settings, dualEncoder: try Digest.sha256(ofFile: work.dualEncoder.weightFile))
    let passport = try CoursePassport(recipe, seed: seed)
    guard try !isMade(from: passport) else { return }
    try Removal.remove(work.aestheticHead)
    let start = ContinuousClock.now
    let model = try CLIPModel(work.dualEncoder.path, environment: [:])
    let (rows, qualities) = try examples(settings.count, for: Self.name, model)
    let fit = LeastSquares(rows, qualities, ridge: settings.ridge)
    let (others, truths) = try examples(settings.measured, for: "\(Self.name).measured", model)
    let error = fit.meanSquaredError(others, truths).squareRoot()
    try PartRecord(
      parameters: fit.weight.count + 1, steps: 1, loss: fit.meanSquaredError(rows, qualities),
      seconds: (ContinuousClock.now - start).seconds, measured: ["error": error]
    ).write(to: work.record(of: Self.name))
    // The head last: that it is there means that its record is.
    let weight = try Tensor(fit.weight, shape: [1, fit.weight.count]).to(.float32)
    let bias = try Tensor([fit.bias], shape: [1]).to(.float32)
    try SafetensorsWriter.write(
      [.init(name: "weight", tensor: weight), .init(name: "bias", tensor: bias)],
      metadata: [CoursePassport.originKey: passport.text], to: work.aestheticHead)
    Console.note(String(format: "%@: typical error %.2f of 1…10", Self.name, error))
  }

  /// Whether there is a head that follows from what `passport` says.
  private func isMade(from passport: CoursePassport) throws -> Bool {
    guard FileManager.default.fileExists(atPath: work.aestheticHead) else { return false }
    let saved = try CheckpointFile.open(work.aestheticHead).metadata[CoursePassport.originKey]
    guard saved != passport.text else { return true }
    let differences = try saved.map { try passport.differences(from: CoursePassport(saved: $0)) }
    let reason = differences?.joined(separator: "; ") ?? "it does not say what it was made from"
    Console.note("\(Self.name): made anew (\(reason))")
    return false
  }

  /// Embeddings of length 1 of `count` pictures that only `purpose` has, and the qualities of what
  /// they are of.
  private func examples(_ count: Int, for purpose: String, _ model: CLIPModel) throws
    -> ([[Float]], [Double])
  {
    var random = SplitMix64(seed: RunSeeds(run: seed).seed(purpose, 0))
    let renderers = settings.sizes.map { SceneRenderer(size: $0) }
    let sampler = SceneSampler()
    func render(_ scene: Scene, _ random: inout SplitMix64) -> RGBImage {
      random.element(of: renderers).image(of: scene)
    }
    var rows: [[Float]] = []
    var qualities: [Double] = []
    while rows.count < count {
      var images: [RGBImage] = []
      for _ in 0..<min(Self.batch, count - rows.count) {
        let scene = sampler.scene(using: &random)
        if random.unit() < settings.cleanShare {
          images.append(render(scene, &random))
          qualities.append(Quality(of: scene).value)
        } else {
          let spoilt = SpoiltPicture(of: scene, using: &random, render: render)
          images.append(spoilt.image)
          qualities.append(spoilt.quality.value)
        }
      }
      let pixels = try Tensor.stacked(images.map(model.preprocessor.pixels))
      rows += try model.imageEmbeddings(pixels).rows()
    }
    return (rows, qualities)
  }

  private static let batch = 50
}
