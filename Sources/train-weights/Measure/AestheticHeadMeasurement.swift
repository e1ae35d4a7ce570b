internal import CLIP
internal import CLIPReward
internal import Imaging
internal import RAFT
internal import Shapes
internal import Torch

/// How well a finished aesthetic head tells clean renders from spoilt ones, on scenes that training
/// did not see.
struct AestheticHeadMeasurement {
  /// What was found about pictures with one fault.
  struct Found {
    /// What is wrong with them.
    let fault: SpoiltPicture.Fault
    /// Their mean score.
    let mean: Double
    /// How often a clean picture of another scene scores higher: 0.5 is chance; nil without pictures.
    let separation: Double?
  }

  /// The mean score of clean renders.
  let cleanMean: Double

  /// What was found about each fault.
  let faults: [Found]

  /// Measures `head` on pictures of `count` scenes, `size` pixels along an edge, for each fault.
  init(_ head: AestheticHead, on model: CLIPModel, count: Int, size: Int, seed: UInt64) throws {
    var random = SplitMix64(seed: RunSeeds(run: seed).seed("measure.aesthetic-head", 0))
    let (sampler, renderer) = (SceneSampler(), SceneRenderer(size: size))
    func scores(_ image: (Scene, inout SplitMix64) -> RGBImage) throws -> [Double] {
      let images = (0..<count).map { _ in image(sampler.scene(using: &random), &random) }
      return try images.batches(of: 100).flatMap { images in
        let pixels = try Tensor.stacked(images.map(model.preprocessor.pixels))
        return try head(model.imageEmbeddings(pixels)).doubles()
      }
    }
    func mean(_ numbers: [Double]) -> Double { numbers.reduce(0, +) / Double(numbers.count) }
    let clean = try scores { scene, _ in renderer.image(of: scene) }
    cleanMean = mean(clean)
    faults = try SpoiltPicture.Fault.all.map { fault in
      let found = try scores { scene, random in
        SpoiltPicture(of: scene, fault, using: &random) { scene, _ in renderer.image(of: scene) }
          .image
      }
      return Found(
        fault: fault, mean: mean(found), separation: RankSum.share(of: clean, above: found))
    }
  }

  /// The figures.
  var lines: [Figures.Line] {
    [.init(key: "clean", name: "mean score of clean renders", value: cleanMean)]
      + faults.flatMap { found -> [Figures.Line] in
        let key = found.fault.key
        return [
          .init(
            key: "\(key)_separation", name: "\(found.fault.name): clean ones score higher",
            value: found.separation),
          .init(key: "\(key)_mean", name: "\(found.fault.name): mean score", value: found.mean),
        ]
      }
  }
}
