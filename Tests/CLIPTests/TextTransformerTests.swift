import CLIP
import Files
import Foundation
import NN
import TestSupport
import Testing
import Torch

/// The text tower against transformers' CLIPTextModel; Fixtures/README.md says how the fixtures
/// were made.
struct TextTransformerTests {
  /// A configuration of the fixtures.
  enum Fixture: String, CaseIterable, Sendable {
    /// Stored in fp16, with the prefix `text_model.`.
    case quickGelu = "text-quick-gelu"
    /// Stored in fp32, without.
    case gelu = "text-gelu"

    var prefix: String { self == .quickGelu ? "text_model." : "" }

    private func path(_ name: String) -> String {
      Bundle.module.bundleURL.appending(path: "Fixtures/\(rawValue)/\(name)").path
    }

    var expected: TensorFixture { TensorFixture(path("expected.safetensors")) }

    func configuration() throws -> TextConfiguration {
      try TextConfiguration(ConfigurationFile(path("config.json")))
    }

    /// The tensors under names without the prefix.
    func weights(_ placement: Placement = Placement()) throws -> Weights {
      let stored = TensorFixture(path("model.safetensors")).entries
      let entries = stored.map { name, entry in (String(name.dropFirst(prefix.count)), entry) }
      #expect(stored.keys.allSatisfy { $0.hasPrefix(prefix) })
      return Weights(
        Dictionary(uniqueKeysWithValues: entries), source: rawValue, placement: placement)
    }

    func tower(_ placement: Placement = Placement()) throws -> TextTransformer {
      let weights = try weights(placement)
      let tower = try TextTransformer(weights, configuration())
      try weights.verify()
      return tower
    }
  }

  @Test("text states are transformers'", arguments: Fixture.allCases, 0..<3)
  func states(_ fixture: Fixture, seed: Int) throws {
    let (tower, expected) = (try fixture.tower(), fixture.expected)
    let ids = try expected.tensor("\(seed).ids")
    let whole = try tower(ids)
    #expect(try relativeError(whole, expected.tensor("\(seed).last")) < 1e-4)
    let skipped = try tower(ids, skippedLayers: 1)
    #expect(try relativeError(skipped, expected.tensor("\(seed).penultimate")) < 1e-4)
    #expect(try relativeError(skipped, whole) > 1e-2)
  }

  @Test("a state depends on no later token", arguments: Fixture.allCases)
  func causal(_ fixture: Fixture) throws {
    let tower = try fixture.tower()
    let ids = try fixture.expected.tensor("0.ids")
    let changed = try Tensor.concatenated(
      [ids.narrowed(1, 0..<40), Tensor.full([2, 37], 5, dtype: .int64)], along: 1)
    let (first, second) = try (tower(ids), tower(changed))
    #expect(
      try relativeError(second.narrowed(1, 0..<40), first.narrowed(1, 0..<40)) < 1e-6)
  }

  @Test("a prompt's states do not depend on the batch", arguments: Fixture.allCases)
  func batch(_ fixture: Fixture) throws {
    let tower = try fixture.tower()
    let ids = try fixture.expected.tensor("1.ids")
    let together = try tower(ids)
    for row in 0..<2 {
      let alone = try tower(ids.narrowed(0, row..<row + 1))
      #expect(try relativeError(alone, together.narrowed(0, row..<row + 1)) < 1e-5)
    }
  }

  @Test("bf16 states are near the fp32 ones", arguments: Fixture.allCases)
  func bfloat16(_ fixture: Fixture) throws {
    let ids = try fixture.expected.tensor("0.ids")
    let found = try fixture.tower(Placement(dtype: .bfloat16))(ids)
    #expect(found.dtype == .bfloat16)
    #expect(try relativeError(found, fixture.expected.tensor("0.last")) < 0.03)
  }

  @Test("the configuration is that of the file")
  func configuration() throws {
    let configuration = try Fixture.quickGelu.configuration()
    #expect(configuration.vocabularySize == 126)
    #expect(configuration.width == 32)
    #expect(configuration.intermediateWidth == 64)
    #expect(configuration.layers == 3)
    #expect(configuration.heads == 4)
    #expect(configuration.positions == 77)
    #expect(configuration.activation == .quickGelu)
    #expect(try Fixture.gelu.configuration().activation == .gelu)
  }

  @Test("a configuration that cannot be is refused")
  func badConfiguration() {
    func text(_ changes: [String: JSONValue]) -> String {
      let values: [String: JSONValue] = [
        "hidden_size": .number(32), "intermediate_size": .number(64),
        "num_hidden_layers": .number(3), "num_attention_heads": .number(4),
      ]
      return message {
        try TextConfiguration(
          ConfigurationFile(values.merging(changes) { $1 }, path: "text_encoder/config.json"))
      }
    }
    #expect(text([:]) == "")
    #expect(
      text(["num_attention_heads": .number(5)])
        == "text_encoder/config.json: “num_attention_heads” is 5, which should be a divisor of hidden_size, 32"
    )
    #expect(
      text(["hidden_size": .null])
        == "text_encoder/config.json has no key “hidden_size”; is it the configuration of another kind of model?"
    )
    #expect(
      text(["hidden_act": .string("mish")])
        == "text_encoder/config.json: “hidden_act” is \"mish\", which is not supported; "
        + "accepted: silu, swish, gelu, gelu_new, gelu_pytorch_tanh, quick_gelu, relu")
  }
}
