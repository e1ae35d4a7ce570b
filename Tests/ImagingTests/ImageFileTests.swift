import Foundation
import Imaging
import Testing

@Suite("Image files")
struct ImageFileTests {
  @Test(
    "a file that is no image is refused with what it is",
    arguments: [
      ("", "it is empty"), ("GIF89a....", "it is a GIF image"), ("BM......", "it is a BMP image"),
      ("RIFF....WEBPVP8 ", "it is a WebP image"), ("RIFF....WAVE", "it is a RIFF file"),
      ("....ftypavif....", "it is an AVIF or HEIF image"), ("....ftypisom", "it is a video"),
      ("%PDF-1.7", "it is a PDF file"), ("PK\u{3}\u{4}", "it is a zip archive"),
      ("hello\n", "it is a text"), ("<html><body>", "it is a web page"),
      (
        "version https://git-lfs.github.com/spec/v1",
        "it is a Git LFS pointer (run git lfs pull)"
      ),
      ("\u{1}\u{2}xy", "it begins with the bytes 01 02 78 79"),
    ])
  func notAnImage(content: String, found: String) throws {
    try Fixture.withFolder { folder in
      let path = folder + "/a.png"
      try Data(content.utf8).write(to: URL(fileURLWithPath: path))
      #expect(
        Fixture.message { _ = try ImageFile.read(path) }
          == "\(path) is not a PNG or JPEG image: \(found); convert it to one of these")
    }
  }

  @Test("a missing file and a folder are told apart")
  func unreadable() throws {
    try Fixture.withFolder { folder in
      #expect(
        Fixture.message { _ = try ImageFile.read(folder + "/none.png") }
          == "\(folder)/none.png does not exist; check the path")
      #expect(
        Fixture.message { _ = try ImageFile.read(folder) }
          == "\(folder) is a folder, not a file; name a file in it")
    }
  }

  @Test("the name does not decide the format")
  func sniffing() throws {
    try Fixture.withFolder { folder in
      let image = RGBImage(width: 8, height: 8, filledWith: .init(80, 80, 80))
      try JPEG.write(image, to: folder + "/a.png", quality: 95)
      try PNG.write(image, to: folder + "/b.jpg")
      #expect(try ImageFile.read(folder + "/a.png") == image)
      #expect(try ImageFile.read(folder + "/b.jpg") == image)
    }
  }

  @Test("writing replaces what was there and leaves nothing else")
  func atomic() throws {
    try Fixture.withFolder { folder in
      let path = folder + "/a.png"
      for seed in 0..<2 {
        let image = Fixture.picture(width: 9, height: 9, seed: seed)
        try PNG.write(image, to: path)
        #expect(try PNG.read(path) == image)
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a.png"])
    }
  }

  @Test("a folder that is missing is named")
  func missingFolder() throws {
    try Fixture.withFolder { folder in
      let path = folder + "/none/a.png"
      #expect(
        Fixture.message { try PNG.write(Fixture.picture(width: 2, height: 2), to: path) }
          == "\(path) cannot be written: there is no folder \(folder)/none; create it first")
    }
  }
}
