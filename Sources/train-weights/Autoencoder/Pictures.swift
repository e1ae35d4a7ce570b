internal import Diffusion
internal import Imaging
internal import RAFT
internal import Shapes
internal import Torch

/// Renders of scenes drawn by chance, each of which follows from the seed, the purpose and its own
/// number.
struct Pictures {
  private let seeds: RunSeeds
  private let purpose: String
  private let sampler = SceneSampler()

  /// Pictures for `purpose`: other purposes have other pictures.
  init(seed: UInt64, for purpose: String) {
    (seeds, self.purpose) = (RunSeeds(run: seed), purpose)
  }

  /// The scene of picture `index`.
  func scene(_ index: Int) -> Scene {
    var generator = SplitMix64(seed: seeds.seed(purpose, index))
    return sampler.scene(using: &generator)
  }

  /// Pictures `range`, of `size` × `size` pixels.
  func images(_ range: Range<Int>, size: Int) -> [RGBImage] {
    let renderer = SceneRenderer(size: size)
    return range.map { renderer.image(of: scene($0)) }
  }
}

extension Tensor {
  /// Images of one size, one at least, as a batch, in 0…1, `F32 [B, 3, H, W]`.
  static func batch(_ images: [RGBImage]) throws -> Tensor {
    try .concatenated(images.map { try $0.tensor() })
  }
}
