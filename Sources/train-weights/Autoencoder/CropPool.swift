internal import Imaging
internal import RAFT
internal import Torch

/// Pictures of several sizes, drawn once, out of which squares are cut at random.
struct CropPool {
  private let images: [[RGBImage]]
  private let weights: [Double]
  private let crop: Int

  /// The pictures of `settings`.
  init(_ settings: SquareSettings, seed: UInt64) {
    images = settings.pictures.map { share in
      Pictures(seed: seed, for: "autoencoder.\(share.size)")
        .images(0..<share.count, size: share.size)
    }
    weights = settings.pictures.map(\.weight)
    crop = settings.crop
  }

  /// Random squares of random pictures, in 0…1, `F32 [count, 3, crop, crop]`.
  func batch(_ count: Int, using choices: inout SplitMix64) throws -> Tensor {
    var squares: [RGBImage] = []
    for _ in 0..<count { squares.append(square(using: &choices)) }
    return try .batch(squares)
  }

  private func square(using choices: inout SplitMix64) -> RGBImage {
    var place = choices.unit() * weights.reduce(0, +)
    var size = 0
    while size < weights.count - 1, place >= weights[size] {
      place -= weights[size]
      size += 1
    }
    let image = images[size][choices.index(below: images[size].count)]
    let x = choices.index(below: image.width - crop + 1)
    let y = choices.index(below: image.height - crop + 1)
    return image.cropped(x: x, y: y, width: crop, height: crop)
  }
}
