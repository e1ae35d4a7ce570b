internal import CLIP
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

  /// Saves the head, in the layout of LAION's first predictor, unless it is there.
  func run() throws {
    guard !FileManager.default.fileExists(atPath: work.aestheticHead) else { return }
    let start = ContinuousClock.now
    let model = try CLIPModel(work.dualEncoder.path, environment: [:])
    let (rows, qualities) = try examples(model)
    let fit = LeastSquares(rows, qualities, ridge: settings.ridge)
    let weight = try Tensor(fit.weight, shape: [1, fit.weight.count]).to(.float32)
    let bias = try Tensor([fit.bias], shape: [1]).to(.float32)
    try SafetensorsWriter.write(
      [.init(name: "weight", tensor: weight), .init(name: "bias", tensor: bias)],
      to: work.aestheticHead)
    let errors = zip(rows, qualities).map { row, quality in
      let found = zip(row, fit.weight).reduce(fit.bias) { $0 + Double($1.0) * $1.1 }
      return (found - quality) * (found - quality)
    }
    let error = errors.reduce(0, +) / Double(errors.count)
    try PartRecord(
      parameters: fit.weight.count + 1, steps: 1, loss: error,
      seconds: (ContinuousClock.now - start).seconds,
      measured: ["error": error.squareRoot()]
    ).write(to: work.record(of: Self.name))
    Console.note(
      String(format: "%@: typical error %.2f of 1…10", Self.name, error.squareRoot()))
  }

  /// Embeddings of length 1, and the qualities of what they are of.
  private func examples(_ model: CLIPModel) throws -> ([[Float]], [Double]) {
    var random = SplitMix64(seed: RunSeeds(run: seed).seed(Self.name, 0))
    let renderers = settings.sizes.map { SceneRenderer(size: $0) }
    let sampler = SceneSampler()
    func render(_ scene: Scene, _ random: inout SplitMix64) -> RGBImage {
      random.element(of: renderers).image(of: scene)
    }
    var rows: [[Float]] = []
    var qualities: [Double] = []
    while rows.count < settings.count {
      var images: [RGBImage] = []
      for _ in 0..<min(Self.batch, settings.count - rows.count) {
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

extension Tensor {
  /// The rows of `[N, D]`.
  func rows() throws -> [[Float]] {
    let (values, width) = (try floats(), shape[1])
    return stride(from: 0, to: values.count, by: width).map { Array(values[$0..<$0 + width]) }
  }
}
