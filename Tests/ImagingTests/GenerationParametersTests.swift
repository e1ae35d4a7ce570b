import Foundation
import Imaging
import Testing

@Suite("Generation parameters")
struct GenerationParametersTests {
  struct Case: Decodable {
    let text: String
    let prompt: String
    let negative: String
    let settings: [[String]]
  }

  @Test("texts are read as the web UI reads them")
  func reference() throws {
    for test in try Fixture.json("parameters.json", as: [Case].self) {
      let read = GenerationParameters(test.text)
      #expect(read.prompt == test.prompt, "\(test.text)")
      #expect(read.negativePrompt == test.negative, "\(test.text)")
      let settings = test.settings.count >= 3 ? test.settings : []
      #expect(read.settings.map { [$0.key, $0.value] } == settings, "\(test.text)")
    }
  }

  static let example = GenerationParameters(
    prompt: "a cat, (sitting:1.2)\non a mat <lora:x:0.5>", negativePrompt: "blurry",
    settings: [
      .init("Steps", "20"), .init("Sampler", "DPM++ 2M"), .init("Schedule type", "Karras"),
      .init("CFG scale", "7"), .init("Seed", "42"), .init("Size", "256x384"),
      .init("Lora hashes", "x: 0123456789ab"), .init("Version", "raft-diffuse 0.1"),
    ])

  @Test("the text is the web UI's")
  func format() {
    #expect(
      Self.example.text == """
        a cat, (sitting:1.2)
        on a mat <lora:x:0.5>
        Negative prompt: blurry
        Steps: 20, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 7, Seed: 42, Size: 256x384, \
        Lora hashes: "x: 0123456789ab", Version: raft-diffuse 0.1
        """)
    #expect(GenerationParameters(prompt: "a").text == "a")
    #expect(GenerationParameters(prompt: "a", settings: [.init("Seed", "1")]).text == "a\nSeed: 1")
  }

  @Test(
    "reading undoes writing whatever a value holds",
    arguments: [
      "", "x", "a, b", "a: b", "a\nb", "\"quoted\"", "\"", " padded ", "back\\slash", "\\",
      "a \"b\", c",
      "\u{1}\t,", "é猫🐈:", "12:30", "http://x/y?z", "\u{2028}", "a\r\nb", "\"open", "shut\"",
    ])
  func roundTrip(value: String) {
    var parameters = Self.example
    parameters["Note"] = value
    parameters["Note 2"] = value + value
    parameters.settings.insert(.init("First/one", value), at: 0)
    #expect(GenerationParameters(parameters.text) == parameters)
    parameters.prompt = ""
    #expect(GenerationParameters(parameters.text) == parameters)
    parameters.negativePrompt = ""
    #expect(GenerationParameters(parameters.text) == parameters)
  }

  @Test("settings are found by name, with the web UI's defaults")
  func lookUp() throws {
    var parameters = Self.example
    let size = try #require(parameters.size)
    #expect((size.width, size.height) == (256, 384))
    #expect(parameters["Seed"] == "42")
    #expect(parameters["Clip skip"] == nil)
    #expect(parameters.valueOrDefault("Clip skip") == "1")
    #expect(parameters.valueOrDefault("RNG") == "GPU")
    #expect(parameters.valueOrDefault("Schedule type") == "Karras")
    parameters["Seed"] = "43"
    #expect(parameters.settings[4] == .init("Seed", "43"))
    parameters["Seed"] = nil
    #expect(parameters["Seed"] == nil)
    for bad in ["256", "x", "1x2x3", "-1x2", "+1x2", "ax2", "99999999999999999999x1"] {
      parameters["Size"] = bad
      #expect(parameters.size == nil, "\(bad)")
    }
  }

  @Test("a long line without settings is read in proportion to its length")
  func longLine() {
    let texts = [
      String(repeating: "a", count: 200_000), String(repeating: "a b-", count: 50_000),
      String(repeating: "aa:\"", count: 50_000), String(repeating: "aa: \"\\\",", count: 30_000),
      String(repeating: " \t", count: 100_000),
    ]
    for text in texts { _ = GenerationParameters("x" + text + "x") }
  }

  @Test("parameters survive a PNG file")
  func throughPNG() throws {
    try Fixture.withFolder { folder in
      let path = folder + "/a.png"
      let text = PNGText(keyword: PNGText.parametersKeyword, text: Self.example.text)
      try PNG.write(Fixture.picture(width: 4, height: 4), to: path, texts: [text])
      let read = try #require(try PNG.texts(of: path).first)
      #expect(GenerationParameters(read.text) == Self.example)
    }
  }
}
