import Foundation
import Imaging
import Testing

@Suite("PNG")
struct PNGTests {
  static let names = try? Fixture.json("png.json", as: [String: Fixture.Pixels].self).keys.sorted()

  @Test("the fixtures are there")
  func fixtures() throws {
    #expect(try #require(Self.names).count == 42)
  }

  @Test("every colour type, depth and interlacing decodes to Pillow's RGB", arguments: names ?? [])
  func reference(name: String) throws {
    let expected = try Fixture.json("png.json", as: [String: Fixture.Pixels].self)[name]
    let image = try ImageFile.read(Fixture.path("png/\(name).png"))
    #expect(image == expected?.image)
  }

  @Test("transparency over white is transformers'", arguments: names ?? [])
  func overWhite(name: String) throws {
    let white = try Fixture.json("png-white.json", as: [String: Fixture.Pixels].self)
    let dropped = try Fixture.json("png.json", as: [String: Fixture.Pixels].self)
    #expect(white.count > 10)
    let image = try ImageFile.read(Fixture.path("png/\(name).png"), transparency: .overWhite)
    #expect(image == (white[name] ?? dropped[name])?.image)
  }

  @Test("decoding undoes encoding", arguments: [(1, 1), (7, 3), (64, 65)], [0, 6, 9])
  func roundTrip(size: (Int, Int), level: Int) throws {
    let image = Fixture.picture(width: size.0, height: size.1)
    #expect(try PNG.decode(PNG.encode(image, level: level)) == image)
  }

  @Test(
    "a file cut anywhere is an error, and never an image",
    arguments: ["type2-depth8", "type3-depth4-adam7"])
  func cut(name: String) throws {
    let whole = try Fixture.bytes("png/\(name).png")
    for count in 0..<whole.count {
      #expect(throws: ImagingError.self) { try ImageFile.decode(Array(whole[..<count])) }
    }
    #expect(
      Fixture.message { _ = try ImageFile.decode(Array(whole.dropLast(5)), named: "a.png") }
        == "a.png is a PNG image that ends too early; copy or make it again")
  }

  @Test("a file with any byte changed is an image or an error")
  func changed() throws {
    let whole = try Fixture.bytes("png/type6-depth16-adam7.png")
    for index in whole.indices {
      var bytes = whole
      bytes[index] ^= 0x41
      _ = try? ImageFile.decode(bytes, maximalPixels: 1 << 20)
      _ = try? PNGText.read(bytes)
    }
  }

  @Test("an image above the limit is refused before it is read")
  func bomb() throws {
    var bytes = try PNG.encode(Fixture.picture(width: 2, height: 2))
    #expect(
      Fixture.message { _ = try PNG.decode(bytes, named: "a.png", maximalPixels: 3) }
        == "a.png announces 2x2 pixels, and at most 3 pixels are read; make it smaller first")
    // 2³⁰ + 2 columns: the header's checksum no longer fits, which comes first.
    bytes[16] = 0x40
    #expect(
      Fixture.message { _ = try PNG.decode(bytes, named: "a.png") }
        == "a.png is a damaged PNG image (IHDR: CRC error); copy or make it again")
  }

  @Test("a file that is not a PNG is refused with what it is")
  func otherFormat() throws {
    let jpeg = try JPEG.encode(Fixture.picture(width: 4, height: 4))
    #expect(
      Fixture.message { _ = try PNG.decode(jpeg, named: "a.png") }
        == "a.png is not a PNG image: it is a JPEG image")
    #expect(
      Fixture.message { _ = try JPEG.decode(PNG.encode(Fixture.picture(width: 4, height: 4))) }
        == "these bytes is not a JPEG image: it is a PNG image")
  }
}
