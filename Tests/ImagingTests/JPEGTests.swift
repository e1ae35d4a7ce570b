import Foundation
import Imaging
import Testing

@Suite("JPEG")
struct JPEGTests {
  struct Encoding: Decodable {
    let width: Int
    let height: Int
    let pixels: Data
    let quality: Int
    let subsampling: String
    let file: Data
  }

  static let names = try? Fixture.json("jpeg.json", as: [String: Fixture.Pixels].self).keys.sorted()

  @Test("the fixtures are there")
  func fixtures() throws {
    #expect(try #require(Self.names).count == 11)
  }

  @Test("every colour space decodes to Pillow's RGB", arguments: names ?? [])
  func reference(name: String) throws {
    let expected = try Fixture.json("jpeg.json", as: [String: Fixture.Pixels].self)[name]
    let image = try ImageFile.read(Fixture.path("jpeg/\(name).jpeg"))
    #expect(image == expected?.image)
  }

  @Test("encoding gives Pillow's bytes at every quality and subsampling")
  func encoding() throws {
    for test in try Fixture.json("jpeg-encoding.json", as: [Encoding].self) {
      let image = RGBImage(width: test.width, height: test.height, pixels: Array(test.pixels))
      let subsampling = try #require(JPEG.Subsampling(rawValue: test.subsampling))
      let bytes = try JPEG.encode(image, quality: test.quality, subsampling: subsampling)
      #expect(
        bytes == Array(test.file),
        "\(test.width)x\(test.height), quality \(test.quality), \(test.subsampling)")
    }
  }

  @Test(
    "a file cut anywhere is an error, and never an image",
    arguments: ["ycc-420", "progressive", "cmyk", "restarts"])
  func cut(name: String) throws {
    let whole = try Fixture.bytes("jpeg/\(name).jpeg")
    for count in 0..<whole.count {
      #expect(throws: ImagingError.self, "\(count) of \(whole.count) bytes") {
        try ImageFile.decode(Array(whole[..<count]))
      }
    }
    #expect(
      Fixture.message { _ = try ImageFile.decode(Array(whole.dropLast(9)), named: "a.jpg") }
        == "a.jpg is a JPEG image that ends too early; copy or make it again")
  }

  @Test("a file with any byte changed is an image or an error", arguments: ["progressive", "ycck"])
  func changed(name: String) throws {
    let whole = try Fixture.bytes("jpeg/\(name).jpeg")
    for index in whole.indices {
      var bytes = whole
      bytes[index] ^= 0x41
      _ = try? ImageFile.decode(bytes, maximalPixels: 1 << 20)
    }
  }

  @Test("damage and size are told apart")
  func messages() throws {
    let whole = try Fixture.bytes("jpeg/ycc-444.jpeg")
    #expect(
      Fixture.message { _ = try JPEG.decode(whole, named: "a.jpg", maximalPixels: 1000) }
        == "a.jpg announces 37x29 pixels, and at most 1000 pixels are read; make it smaller first")
    let start = try #require(
      whole.indices.dropLast().first { whole[$0] == 0xFF && whole[$0 + 1] == 0xC0 })
    var bytes = whole
    bytes[start + 4] = 7
    #expect(
      Fixture.message { _ = try JPEG.decode(bytes, named: "a.jpg") }
        == "a.jpg is a damaged JPEG image (Unsupported JPEG data precision 7); copy or make it again"
    )
  }

  @Test("an image that JPEG cannot hold is refused")
  func tooWide() {
    let image = RGBImage(width: 65_501, height: 1, filledWith: .white)
    #expect(
      Fixture.message { _ = try JPEG.encode(image) }
        == "this image cannot be written as JPEG (Maximum supported image dimension is 65500 "
        + "pixels); choose another size or format")
  }
}
