public import Imaging
public import Torch

extension RGBImage {
  /// The images of a batch.
  ///
  /// - Parameter tensor: values in 0…1, `[B, 3, H, W]`; they are rounded to the nearest of 256
  ///   levels, as diffusers does.
  public static func images(from tensor: Tensor) throws -> [RGBImage] {
    let (count, height, width) = (tensor.shape[0], tensor.shape[2], tensor.shape[3])
    let levels = try (tensor.to(.float32).clamped(to: 0...1) * 255).rounded().to(.uint8)
    let bytes = try levels.permuted([0, 2, 3, 1]).contiguous().bytes()
    let size = 3 * height * width
    return (0..<count).map { i in
      RGBImage(width: width, height: height, pixels: Array(bytes[i * size..<(i + 1) * size]))
    }
  }

  /// The image as values in 0…1, `F32 [1, 3, H, W]`.
  public func tensor() throws -> Tensor {
    let bytes = try Tensor(pixels, shape: [1, height, width, 3])
    return try (bytes.to(.float32) / 255).permuted([0, 3, 1, 2]).contiguous()
  }
}
