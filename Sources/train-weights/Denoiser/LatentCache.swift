internal import Diffusion
internal import Files
internal import Foundation
internal import NN
internal import Torch

/// The latents of renders of one size, worked out once and kept in files of a thousand each.
struct LatentCache {
  /// The renders: number `i` of the cache is their picture `i`.
  let pictures: Pictures

  /// The latents as the denoiser sees them, `F16 [N, 4, H, W]`.
  let latents: Tensor

  private static let piece = 1000
  private static let batch = 20

  /// Reads the latents of `count` renders of `size` × `size` pixels from `folder`, and makes those
  /// that are not there.
  ///
  /// - Throws: ``LatentCacheError`` where what is there was made with another seed or autoencoder.
  init(_ count: Int, size: Int, seed: UInt64, autoencoder: ModelFolder, in folder: WorkFolder)
    throws
  {
    pictures = Pictures(seed: seed, for: "denoiser.\(size)")
    let passport = try CoursePassport(
      ["autoencoder": Digest.sha256(ofFile: autoencoder.weightFile)], seed: seed)
    let place = try WorkFolder(folder.latents(size)).path
    lazy var network = Result {
      try AutoencoderKL(
        autoencoder.weights(), VAEConfiguration(autoencoder.configuration))
    }
    var pieces: [Tensor] = []
    for range in (0..<count).batches(of: Self.piece) {
      let path = "\(place)/\(range.lowerBound)-\(range.upperBound - 1).safetensors"
      if !FileManager.default.fileExists(atPath: path) {
        let made = try Self.latents(of: pictures, range, size: size, try network.get())
        try SafetensorsWriter.write(
          [.init(name: "latents", tensor: made)],
          metadata: [CoursePassport.originKey: passport.text], to: path)
        Console.note("latents of \(size) px: \(range.upperBound)/\(count)")
      }
      pieces.append(try Self.read(path, passport, in: place))
    }
    latents = try .concatenated(pieces)
  }

  private static func latents(
    of pictures: Pictures, _ range: Range<Int>, size: Int, _ network: AutoencoderKL
  ) throws -> Tensor {
    try withoutGradients {
      let batches = try range.batches(of: batch).map { range in
        try network.encode(.batch(pictures.images(range, size: size))).mean.to(.float16)
      }
      return try .concatenated(batches)
    }
  }

  private static func read(_ path: String, _ passport: CoursePassport, in folder: String) throws
    -> Tensor
  {
    let file = try CheckpointFile.open(path)
    guard let saved = file.metadata[CoursePassport.originKey] else {
      throw LatentCacheError.noOrigin(file: path, folder: folder)
    }
    let differences = try passport.differences(from: CoursePassport(saved: saved))
    guard differences.isEmpty else {
      throw LatentCacheError.otherOrigin(file: path, folder: folder, differences: differences)
    }
    return try file.entry("latents").tensor()
  }
}
