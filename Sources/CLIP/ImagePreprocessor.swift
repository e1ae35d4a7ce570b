public import Imaging
public import Torch

/// How an image becomes what a vision tower takes: resized, cut out of the middle, scaled and
/// normalised, as transformers' CLIPImageProcessor does it with Pillow.
public struct ImagePreprocessor: Sendable, Equatable {
  /// How an image is resized first.
  public enum Resize: Sendable, Equatable {
    /// The shorter edge gets this many pixels; the shape stays.
    case shortestEdge(Int)

    /// Both edges are set; the shape changes.
    case exact(width: Int, height: Int)
  }

  /// Pixels along the result's edge, `S`.
  public let imageSize: Int

  /// The first step; nil for none.
  public let resize: Resize?

  /// The filter of the first step.
  public let filter: ResamplingFilter

  /// Whether the middle, `S` by `S`, is cut out, with black borders where the image is smaller.
  public let cropsCenter: Bool

  /// What samples 0…255 are multiplied with; nil for nothing.
  public let scale: Double?

  /// What is subtracted from red, green and blue, and what they are then divided by; nil for
  /// nothing.
  public let normalisation: Normalisation?

  /// Whether no file says so and these are OpenAI's values.
  public let isAssumed: Bool

  /// A mean and a standard deviation for red, green and blue.
  public struct Normalisation: Sendable, Equatable {
    /// What is subtracted.
    public let mean: [Double]

    /// What the difference is divided by; none is 0.
    public let deviation: [Double]

    /// OpenAI's, which nearly all models share.
    public static let openAI = Normalisation(
      mean: [0.48145466, 0.4578275, 0.40821073], deviation: [0.26862954, 0.26130258, 0.27577711])
  }

  /// What OpenAI does, for a tower that takes images of `imageSize` pixels along an edge.
  public init(imageSize: Int) {
    self.init(
      imageSize: imageSize, resize: .shortestEdge(imageSize), filter: .bicubic, cropsCenter: true,
      scale: 1 / 255, normalisation: .openAI, isAssumed: true)
  }

  init(
    imageSize: Int, resize: Resize?, filter: ResamplingFilter, cropsCenter: Bool, scale: Double?,
    normalisation: Normalisation?, isAssumed: Bool
  ) {
    self.imageSize = imageSize
    self.resize = resize
    self.filter = filter
    self.cropsCenter = cropsCenter
    self.scale = scale
    self.normalisation = normalisation
    self.isAssumed = isAssumed
  }

  /// How large ``prepared(_:)`` makes an image before it cuts.
  public func resizedSize(of image: RGBImage) -> (width: Int, height: Int) {
    switch resize {
    case .shortestEdge(let edge): image.size(shortestEdge: edge)
    case .exact(let width, let height): (width, height)
    case nil: (image.width, image.height)
    }
  }

  /// The resized and cropped image, the same bytes as Pillow's.
  ///
  /// - Throws: `CLIPError.misfit` where nothing brings the image to the tower's size.
  public func prepared(_ image: RGBImage) throws -> RGBImage {
    var image = image
    switch resize {
    case .shortestEdge(let edge): image = image.resized(shortestEdge: edge, filter: filter)
    case .exact(let width, let height):
      image = image.resized(width: width, height: height, filter: filter)
    case nil: break
    }
    if cropsCenter { image = image.centerCropped(width: imageSize, height: imageSize) }
    guard image.width == imageSize, image.height == imageSize else {
      throw CLIPError.misfit(
        "the preprocessing leaves \(image.width)x\(image.height) pixels, and the vision tower "
          + "takes \(imageSize)x\(imageSize)")
    }
    return image
  }

  /// What the vision tower takes.
  ///
  /// - Returns: `F32 [3, S, S]`.
  public func pixels(of image: RGBImage) throws -> Tensor {
    let prepared = try prepared(image)
    // A sample has 256 values: each channel's are computed once, in the precisions of transformers.
    let tables = (0..<3).map(table)
    let count = imageSize * imageSize
    let values = [Float](unsafeUninitializedCapacity: 3 * count) { target, initialized in
      prepared.pixels.withUnsafeBufferPointer { source in
        for channel in 0..<3 {
          tables[channel].withUnsafeBufferPointer { table in
            for pixel in 0..<count {
              target[channel * count + pixel] = table[Int(source[3 * pixel + channel])]
            }
          }
        }
      }
      initialized = 3 * count
    }
    return try Tensor(values, shape: [3, imageSize, imageSize])
  }

  /// What each sample of `channel` becomes.
  private func table(_ channel: Int) -> [Float] {
    (0..<256).map { sample in
      let value = scale.map { Float(Double(sample) * $0) } ?? Float(sample)
      guard let normalisation else { return value }
      return (value - Float(normalisation.mean[channel]))
        / Float(normalisation.deviation[channel])
    }
  }

  /// The steps in words. Equal words mean equal pixels, so passports carry them.
  public var summary: String {
    var steps: [String] = []
    switch resize {
    case .shortestEdge(let edge): steps.append("shortest edge \(edge) \(filter.rawValue)")
    case .exact(let width, let height): steps.append("\(width)x\(height) \(filter.rawValue)")
    case nil: break
    }
    if cropsCenter { steps.append("center crop \(imageSize)") }
    if let scale { steps.append(scale == 1 / 255 ? "1/255" : "times \(scale)") }
    if let normalisation {
      steps.append("mean \(normalisation.mean) deviation \(normalisation.deviation)")
    }
    return steps.joined(separator: ", ")
  }
}
