import Diffusion
import Imaging
import TestSupport
import Testing
import Torch

/// Images as tensors and back.
struct ImageTensorTests {
  @Test("an image survives the way to a tensor and back, with all its 256 levels")
  func roundTrip() throws {
    let pixels = (0..<16 * 17 * 3).map { UInt8($0 % 256) }
    let image = RGBImage(width: 16, height: 17, pixels: pixels)
    let tensor = try image.tensor()
    #expect(tensor.shape == [1, 3, 17, 16])
    #expect(tensor.dtype == .float32)
    #expect(try RGBImage.images(from: tensor) == [image])
  }

  @Test("channels, rows and columns are where they belong")
  func layout() throws {
    let tensor = try RGBImage(width: 2, height: 1, pixels: [255, 0, 51, 0, 255, 102]).tensor()
    #expect(try tensor.floats() == [1, 0, 0, 1, 0.2, 0.4])
  }

  @Test("values are rounded to the nearest level and clamped to 0…1")
  func rounding() throws {
    let values = [-3, 0.49 / 255, 0.51 / 255, 254.4 / 255, 254.6 / 255, 7] as [Float]
    let tensor = try Tensor(values, shape: [1, 3, 1, 2])
    let image = try #require(RGBImage.images(from: tensor).first)
    #expect(image.pixels == [0, 1, 255, 0, 254, 255])
  }

  @Test("a batch is as many images, in its order", arguments: [DType.float32, .bfloat16])
  func batch(_ dtype: DType) throws {
    let tensor = try Tensor.concatenated([.zeros([1, 3, 2, 2]), .ones([1, 3, 2, 2])]).to(dtype)
    let images = try RGBImage.images(from: tensor)
    #expect(
      images.map(\.pixels) == [
        [UInt8](repeating: 0, count: 12), [UInt8](repeating: 255, count: 12),
      ])
  }
}
