internal import Files
public import Imaging

extension RewardInput {
  /// What decoding gave.
  enum ReadImage {
    case image(RGBImage)
    case unreadable(ExclusionReason)

    var image: RGBImage? {
      if case .image(let image) = self { image } else { nil }
    }
  }

  /// Decodes the image. What is wrong with the file is a reason; what is wrong with the machine is
  /// thrown.
  func readImage() throws -> ReadImage {
    do {
      return .image(try image())
    } catch {
      return .unreadable(try Self.reason(for: error))
    }
  }

  /// Why an image cannot be read.
  ///
  /// - Throws: `error` where it lies not with the image but with the machine.
  static func reason(for error: any Error) throws -> ExclusionReason {
    switch error {
    case let error as ImagingError:
      if case .outOfMemory = error { throw error }
      return .unreadable(error.description)
    case let error as FileError: return .unreadable(error.description)
    default: throw error
    }
  }

  /// An image that memory holds, such as one that was just made.
  public init(
    _ image: RGBImage, name: String, prompt: String? = nil, metadata: [String: String] = [:]
  ) {
    self.init(
      name: name, prompt: prompt, digest: image.pixelDigest, metadata: metadata, image: { image })
  }
}

extension RGBImage {
  /// SHA-256 of the size and the pixels, 64 hexadecimal digits: equal for equal pixels, whatever
  /// file they come from.
  public var pixelDigest: String {
    Digest.sha256 { take in
      for size in [width, height] {
        withUnsafeBytes(of: UInt64(size).littleEndian) { take($0) }
      }
      pixels.withUnsafeBytes { take($0) }
    }
  }
}
