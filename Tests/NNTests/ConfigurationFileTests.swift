import Foundation
import NN
import TestSupport
import Testing

/// Reading config.json key by key, and what is said where that fails.
struct ConfigurationFileTests {
  private let file: ConfigurationFile

  init() throws {
    let text = """
      {"count": 3, "ratio": 0.5, "name": "silu", "flag": true, "list": [1, 2], "names": ["a", "b"],
       "nothing": null, "negative": -1, "huge": 70000, "mixed": [1, "a"], "object": {"a": 1}, "reals": [0.5, 2]}
      """
    file = try ConfigurationFile(Data(text.utf8), path: "config.json")
  }

  @Test("values are read as what they are")
  func values() throws {
    #expect(try file.integer("count") == 3)
    #expect(try file.positive("count") == 3)
    #expect(try file.number("ratio") == 0.5)
    #expect(try file.number("count") == 3)
    #expect(try file.string("name") == "silu")
    #expect(try file.bool("flag"))
    #expect(try file.positives("list") == [1, 2])
    #expect(try file.strings("names") == ["a", "b"])
    #expect(try file.numbers("reals") == [0.5, 2])
    #expect(try file.perBlock("list", count: 2) == [1, 2])
    #expect(try file.perBlock("count", count: 2) == [3, 3])
    #expect(try file.choice("name") == Activation.silu)
  }

  @Test("null counts as absent, and what is absent takes its default")
  func absent() throws {
    #expect(!file.contains("nothing"))
    #expect(try file.integer("nothing", default: 7) == 7)
    #expect(try file.bool("absent", default: false) == false)
    #expect(try file.choice("absent", default: Activation.gelu) == .gelu)
    #expect(try file.perBlock("absent", count: 2, default: 8) == [8, 8])
    try file.require("nothing")
    try file.require("absent", .number(1))
  }

  @Test("a default does not hide a wrong value")
  func wrongDespiteDefault() {
    #expect(
      message { try file.integer("name", default: 1) }
        == "config.json: “name” is \"silu\", which should be a whole number")
  }

  @Test("a missing key is named")
  func missing() {
    #expect(
      message { try file.positive("hidden_size") }
        == "config.json has no key “hidden_size”; is it the configuration of another kind of model?"
    )
  }

  @Test("a wrong value is shown with what it should be")
  func wrong() {
    let found = [
      message { try file.integer("ratio") }, message { try file.positive("negative") },
      message { try file.positive("huge") }, message { try file.number("flag") },
      message { try file.bool("count") }, message { try file.string("list") },
      message { try file.strings("mixed") }, message { try file.positives("mixed") },
      message { try file.numbers("names") }, message { try file.perBlock("list", count: 3) },
      message { try file.perBlock("negative", count: 3) }, message { try file.bool("object") },
    ]
    let expected = [
      "“ratio” is 0.5, which should be a whole number",
      "“negative” is -1, which should be a whole number above 0 and below 65536",
      "“huge” is 70000, which should be a whole number above 0 and below 65536",
      "“flag” is true, which should be a number",
      "“count” is 3, which should be true or false",
      "“list” is [1, 2], which should be a text",
      "“mixed” is [1, \"a\"], which should be a list of texts",
      "“mixed” is [1, \"a\"], which should be a list of whole numbers above 0",
      "“names” is [\"a\", \"b\"], which should be a list of numbers",
      "“list” is [1, 2], which should be one number or 3 of them",
      "“negative” is -1, which should be a whole number above 0 and below 65536",
      "“object” is {…}, which should be true or false",
    ].map { "config.json: \($0)" }
    #expect(found == expected)
  }

  @Test("what is known but not supported is told with what is")
  func unsupported() {
    #expect(
      message { try file.choice("names", default: Activation.silu) }
        == "config.json: “names” is [\"a\", \"b\"], which should be a text")
    let other = ConfigurationFile(["act_fn": .string("mish")], path: "config.json")
    #expect(
      message { try other.choice("act_fn", default: Activation.silu) }
        == "config.json: “act_fn” is \"mish\", which is not supported; "
        + "accepted: silu, swish, gelu, gelu_new, gelu_pytorch_tanh, quick_gelu, relu")
    #expect(
      message { try file.require("flag", .bool(false)) }
        == "config.json: “flag” is true, which is not supported; accepted: false")
    #expect(
      message { try file.require("count", .number(1), .number(2)) }
        == "config.json: “count” is 3, which is not supported; accepted: 1, 2")
  }

  @Test("a file that is no JSON object, or not there, is named", arguments: ["[1]", "{", "", "3"])
  func unreadable(_ text: String) {
    #expect(
      message { try ConfigurationFile(Data(text.utf8), path: "a/config.json") }
        == "a/config.json cannot be read: it is not a JSON object")
    #expect(
      message { try ConfigurationFile("/no/such/config.json") }
        == "/no/such/config.json cannot be read: it does not exist or may not be read")
  }
}
