import Files
import Foundation
import Testing

@Suite("Configuration files")
struct ConfigurationFileTests {
  enum Shape: String, CaseIterable {
    case round, square
  }

  private func file(_ json: String) throws -> ConfigurationFile {
    try ConfigurationFile(Array(json.utf8), path: "config.json")
  }

  private func message(_ body: () throws -> some Any) -> String {
    do {
      _ = try body()
      return "no error"
    } catch {
      return "\(error)"
    }
  }

  @Test("values are read by key, defaults where the key is absent or null")
  func values() throws {
    let file = try file(
      #"{"i": 3, "w": 3.0, "n": 0.5, "b": true, "s": "x", "l": [1, 2], "t": ["a"], "c": "round","#
        + #""none": null, "low": -Infinity}"#)
    #expect(try file.integer("i") == 3)
    #expect(try file.positive("w") == 3)
    #expect(try file.number("i") == 3)
    #expect(try file.number("n") == 0.5)
    #expect(try file.number("low", expected: "any") { _ in true } == -.infinity)
    #expect(try file.bool("b"))
    #expect(try file.string("s") == "x")
    #expect(try file.positives("l") == [1, 2])
    #expect(try file.numbers("l") == [1, 2])
    #expect(try file.strings("t") == ["a"])
    #expect(try file.choice("c") == Shape.round)
    #expect(try file.choice("none", default: Shape.square) == .square)
    #expect(try file.integer("none", default: 4) == 4)
    #expect(try file.optional("none") { try file.bool($0) } == nil)
    #expect(try file.optional("b") { try file.bool($0) } == true)
    #expect(try file.perBlock("i", count: 2) == [3, 3])
    #expect(try file.perBlock("l", count: 2) == [1, 2])
    #expect(!file.contains("none"))
    try file.require("i", .number(3))
    try file.require("w", .integer(3))
    try file.require("absent", .bool(true))
  }

  @Test("what nobody asked for is remembered; notes of the writer do not count")
  func unreadKeys() throws {
    let file = try file(#"{"b": 1, "a": 1, "d": 1, "c": null, "_version": "1"}"#)
    _ = try file.integer("a")
    _ = file.contains("d")
    #expect(file.unreadKeys == ["b", "c"])
  }

  @Test("a wrong value is named with its file, its key and what is accepted")
  func wrongValues() throws {
    let file = try file(
      #"{"i": 1.5, "n": NaN, "b": 1, "s": "x\ny", "o": {}, "l": [0.5, "a"], "z": 0, "#
        + #""long": "\#(String(repeating: "a", count: 300))"}"#)
    #expect(
      message { try file.integer("i") }
        == "config.json: “i” is 1.5, which should be a whole number")
    #expect(
      message { try file.integer("z", in: 1...3) }
        == "config.json: “z” is 0, which should be a whole number from 1 to 3")
    #expect(
      message { try file.positive("z") }
        == "config.json: “z” is 0, which should be a whole number above 0 and below 65536")
    #expect(
      message { try file.number("n") } == "config.json: “n” is NaN, which should be a number")
    #expect(
      message { try file.bool("b") } == "config.json: “b” is 1, which should be true or false")
    #expect(
      message { try file.number("s") }
        == #"config.json: “s” is "x\u{a}y", which should be a number"#)
    #expect(message { try file.string("o") } == "config.json: “o” is {…}, which should be a text")
    #expect(
      message { try file.numbers("l") }
        == #"config.json: “l” is [0.5, "a"], which should be a list of numbers"#)
    #expect(
      message { try file.perBlock("l", count: 2) }
        == #"config.json: “l” is [0.5, "a"], which should be a list of 1 to 32 whole numbers above 0 and below 65536"#
    )
    #expect(message { try file.bool("long") }.count < 270)
    #expect(
      message { try file.choice("s") as Shape }
        == #"config.json: “s” is "x\u{a}y", which is not supported; accepted: round, square"#)
    #expect(
      message { try file.require("b", .bool(false)) }
        == "config.json: “b” is 1, which is not supported; accepted: false")
    #expect(
      message { try file.require("b") }
        == "config.json: “b” is 1, which is not supported; accepted: null")
    #expect(
      message { try file.integer("absent") }
        == "config.json has no key “absent”; is it the configuration of another kind of model?")
    #expect(
      file.refused("b", because: "it is for tests").description
        == "config.json: “b” is 1, which is not supported: it is for tests")
  }

  @Test(
    "what is no object is refused",
    arguments: [
      ("[]", "is not a JSON object of keys and values; is it a configuration?"),
      (
        "{\n\"a\": }",
        "is not valid JSON: line 2: expected a value; is the download complete?"
      ),
      (
        #"{"a": 1, "a": 2}"#,
        "is not valid JSON: line 1: the name a stands twice; is the download complete?"
      ),
    ])
  func malformed(_ json: String, _ problem: String) {
    #expect(message { try file(json) } == "config.json \(problem)")
  }

  @Test("a missing file is told apart from a malformed one")
  func missing() {
    #expect(throws: FileError.missing("/no/config.json")) {
      try ConfigurationFile("/no/config.json")
    }
  }

  @Test(
    "a list that can be no network's sizes is refused",
    arguments: ["[]", "[0]", "[65536]", "[4611686018427387904, 1]", "[1.5]"])
  func sizes(_ list: String) throws {
    let file = try file("{\"l\": \(list)}")
    let expected = "a list of 1 to 32 whole numbers above 0 and below 65536"
    for read in [{ try file.positives("l") }, { try file.perBlock("l", count: 1) }] {
      let text = message(read)
      #expect(text.hasPrefix("config.json: “l” is [") && text.hasSuffix(expected))
    }
    let long = try self.file("{\"l\": \(Array(repeating: 1, count: 33))}")
    #expect(message { try long.positives("l") }.hasSuffix(expected))
  }
}
