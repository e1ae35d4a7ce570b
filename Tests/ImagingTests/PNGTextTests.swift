import Foundation
import Imaging
import Testing

@Suite("PNG texts")
struct PNGTextTests {
  struct Case: Decodable {
    let file: Data
    let texts: [String: String]
  }

  @Test("texts are read as Pillow reads them")
  func reference() throws {
    let cases = try Fixture.json("png-text.json", as: [String: Case].self)
    #expect(cases.count == 9)
    for (name, test) in cases {
      let texts = try PNGText.read(Array(test.file), named: name)
      let dictionary = Dictionary(texts.map { ($0.keyword, $0.text) }) { $1 }
      #expect(dictionary == test.texts, "\(name)")
    }
    let several = try PNGText.read(Array(#require(cases["several"]).file))
    #expect(several.map(\.keyword) == ["prompt", "seed", "prompt"])
  }

  @Test(
    "reading undoes writing",
    arguments: [
      "", "plain", "two\nlines", "caf\u{E9}", "\u{C3}\u{A9} looks like UTF-8", "猫 кот 🐈",
      "\u{80}\u{FF}",
      "{\"json\": [1, 2, \"\\u00e9\"]}", "e\u{301}",
    ])
  func roundTrip(text: String) throws {
    let texts = [
      PNGText(keyword: PNGText.parametersKeyword, text: text),
      PNGText(keyword: PNGText.recordKeyword, text: "{}"),
      PNGText(keyword: "\u{E9} key", text: text),
    ]
    let image = Fixture.picture(width: 5, height: 4)
    let bytes = try PNG.encode(image, texts: texts)
    let read = try PNGText.read(bytes)
    #expect(read.map(\.keyword) == texts.map(\.keyword))
    #expect(read.map { Array($0.text.utf8) } == texts.map { Array($0.text.utf8) })
    #expect(try PNG.decode(bytes) == image)
  }

  @Test("Latin-1 goes to tEXt, everything else to iTXt")
  func chunkKinds() throws {
    func kind(_ text: String) throws -> String {
      let bytes = try PNG.encode(
        Fixture.picture(width: 1, height: 1), texts: [PNGText(keyword: "k", text: text)])
      return String(decoding: bytes[37..<41], as: UTF8.self)
    }
    #expect(try kind("caf\u{E9}") == "tEXt")
    #expect(try kind("猫") == "iTXt")
    #expect(try kind("\u{C3}\u{A9}") == "iTXt")
  }

  @Test("keywords and texts that PNG cannot hold are refused")
  func refused() {
    func message(_ keyword: String, _ text: String) -> String {
      Fixture.message {
        _ = try PNG.encode(
          Fixture.picture(width: 1, height: 1), texts: [PNGText(keyword: keyword, text: text)])
      }
    }
    let rule =
      "cannot be a PNG keyword: it needs 1 to 79 printable Latin-1 characters, and single spaces "
      + "only between words"
    for keyword in ["", " a", "a ", "a  b", "猫", String(repeating: "x", count: 80)] {
      #expect(message(keyword, "") == "\"\(keyword)\" \(rule)")
    }
    for (keyword, shown) in [("a\n", "a\\u{a}"), ("a\0", "a\\u{0}"), ("\u{1B}[2J", "\\u{1b}[2J")] {
      #expect(message(keyword, "") == "\"\(shown)\" \(rule)")
    }
    #expect(
      message("k", "a\0b")
        == "the text for the PNG chunk \"k\" contains a NUL character, which PNG cannot hold; remove it"
    )
    #expect(
      message("k", String(repeating: "x", count: PNGText.maximalByteCount + 1))
        == "this image has a text chunk \"k\" of more than 4194304 bytes, which is not read; "
        + "remove the chunk")
  }

  /// A PNG file of one pixel with a chunk after its header.
  private func file(_ kind: String, _ data: [UInt8]) throws -> [UInt8] {
    let bytes = try PNG.encode(Fixture.picture(width: 1, height: 1))
    return Array(bytes[..<33]) + PNGText.rawChunk(kind, data) + bytes[33...]
  }

  /// 8 MiB of zeros as zlib packs them, some 8 kB.
  private var bomb: [UInt8] {
    get throws {
      // A PNG of black pixels holds such a stream; its header is the stream's.
      let image = RGBImage(width: 2900, height: 1000, filledWith: .black)
      let bytes = try PNG.encode(image, level: 9)
      var stream: [UInt8] = []
      var at = 33
      while at + 12 <= bytes.count {
        let length = bytes[at..<at + 4].reduce(0) { $0 << 8 | Int($1) }
        if String(decoding: bytes[at + 4..<at + 8], as: UTF8.self) == "IDAT" {
          stream += bytes[at + 8..<at + 8 + length]
        }
        at += 12 + length
      }
      return stream
    }
  }

  @Test("a text that unpacks to too much is refused")
  func bombs() throws {
    let packed = try bomb
    #expect(packed.count < 20_000)
    let message =
      "a.png has a text chunk \"k\" of more than 4194304 bytes, which is not read; remove the chunk"
    let compressed = try file("zTXt", Array("k\0\0".utf8) + packed)
    #expect(Fixture.message { _ = try PNGText.read(compressed, named: "a.png") } == message)
    let international = try file("iTXt", Array("k\0\u{1}\0\0\0".utf8) + packed)
    #expect(Fixture.message { _ = try PNGText.read(international, named: "a.png") } == message)
    let long = try file("tEXt", Array("k\0".utf8) + [UInt8](repeating: 65, count: 5 << 20))
    #expect(Fixture.message { _ = try PNGText.read(long, named: "a.png") } == message)
  }

  @Test("texts that are too much together are refused")
  func manyTexts() throws {
    let texts = (0..<5).map {
      PNGText(keyword: "k\($0)", text: String(repeating: "x", count: 4_000_000))
    }
    let bytes = try PNG.encode(Fixture.picture(width: 1, height: 1), texts: texts)
    #expect(
      Fixture.message { _ = try PNGText.read(bytes, named: "a.png") }
        == "a.png has more than 16777216 bytes of text chunks, which are not read; remove some of them"
    )
  }

  @Test(
    "a damaged text chunk is named",
    arguments: [
      ("tEXt", "no keyword", "a text chunk has no keyword"),
      ("tEXt", "\0text", "a text chunk has no keyword"),
      ("zTXt", "k\0\u{1}x", "the text chunk \"k\" is compressed in an unknown way"),
      ("zTXt", "k\0\0not zlib", "the text chunk \"k\" does not unpack"),
      ("zTXt", "k\0\0", "the text chunk \"k\" does not unpack"),
      ("iTXt", "k\0\u{2}\0\0\0x", "the text chunk \"k\" is compressed in an unknown way"),
      ("iTXt", "k\0\0\0en", "the text chunk \"k\" ends too early"),
      ("iTXt", "k\0\0\0en\0title", "the text chunk \"k\" ends too early"),
      ("iTXt", "k\0", "the text chunk \"k\" is compressed in an unknown way"),
    ])
  func damaged(kind: String, data: String, detail: String) throws {
    let bytes = try file(kind, Array(data.utf8))
    #expect(
      Fixture.message { _ = try PNGText.read(bytes, named: "a.png") }
        == "a.png is a damaged PNG image (\(detail)); copy or make it again")
  }

  @Test("a wrong checksum and a cut file are named")
  func checksum() throws {
    var bytes = try file("tEXt", Array("k\0text".utf8))
    bytes[45] ^= 1
    #expect(
      Fixture.message { _ = try PNGText.read(bytes, named: "a.png") }
        == "a.png is a damaged PNG image (a text chunk fails its checksum); copy or make it again")
    for count in 8..<bytes.count {
      #expect(throws: ImagingError.self) { try PNGText.read(Array(bytes[..<count])) }
    }
    #expect(
      Fixture.message { _ = try PNGText.read(Array(bytes.prefix(40)), named: "a.png") }
        == "a.png is a PNG image that ends too early; copy or make it again")
  }

  @Test("any bytes at all give texts or an error", arguments: 0..<3)
  func fuzz(seed: UInt64) throws {
    var random = SplitMix(state: seed)
    let cases = try Fixture.json("png-text.json", as: [String: Case].self)
      .sorted { $0.key < $1.key }.map { Array($0.value.file) }
    for whole in cases {
      for _ in 0..<200 {
        let bytes = mutated(whole, &random)
        _ = try? PNGText.read(bytes)
        // Behind a right checksum, so that the inside of a text chunk is reached as well.
        let data = mutated(Array(whole[41...]), &random)
        for kind in ["tEXt", "zTXt", "iTXt"] { _ = try? PNGText.read(file(kind, data)) }
      }
    }
  }

  private func mutated(_ bytes: [UInt8], _ random: inout SplitMix) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...6, using: &random) where bytes.count > 8 {
      let at = Int.random(in: 8..<bytes.count, using: &random)
      switch Int.random(in: 0..<4, using: &random) {
      case 0: bytes[at] = UInt8.random(in: 0...255, using: &random)
      case 1: bytes[at] = 0
      case 2: bytes.removeSubrange(at..<min(at + 3, bytes.count))
      default: bytes.insert(contentsOf: [255, 255, 255, 255], at: at)
      }
    }
    return bytes
  }
}

/// A small seeded generator, so that a failure comes again.
private struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
