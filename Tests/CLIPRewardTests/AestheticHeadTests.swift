import CLIPReward
import Foundation
import NN
import TestSupport
import Testing
import Torch

/// Heads against torch: scripts/fixtures_rewards.py ran the modules that their authors published.
struct AestheticHeadTests {
  private let expected = TensorFixture(RewardFixtures.path("heads/expected.safetensors"))

  @Test(
    "a head gives torch's numbers, from either format",
    arguments: [
      ("linear.pth", "linear", AestheticHead.Kind.linear),
      ("linear.safetensors", "linear", .linear),
      ("linear-half.pth", "linear-half", .linear), ("mlp.pth", "mlp", .foldedMLP),
      ("mlp.safetensors", "mlp", .foldedMLP), ("mlp-half.pth", "mlp-half", .foldedMLP),
      ("wrapped.pth", "wrapped", .foldedMLP), ("relu.pth", "relu", .reluMLP),
      ("relu.safetensors", "relu", .reluMLP), ("relu-half.pth", "relu-half", .reluMLP),
    ])
  func reference(file: String, name: String, kind: AestheticHead.Kind) throws {
    let head = try RewardFixtures.head(file)
    #expect(head.kind == kind)
    #expect(head.width == 12)
    #expect(head.name == file)
    let found = try head(expected.tensor("embeddings")).doubles()
    for (value, wanted) in zip(found, try expected.floats(name)) {
      #expect(abs(value - Double(wanted)) < 1e-5 * max(1, abs(Double(wanted))))
    }
  }

  @Test("a score does not depend on the batch")
  func batch() throws {
    let head = try RewardFixtures.head("relu.pth")
    let embeddings = try expected.tensor("embeddings")
    let together = try head(embeddings).doubles()
    for row in 0..<6 {
      let alone = try head(embeddings.narrowed(0, row..<row + 1)).item()
      #expect(abs(alone - together[row]) < 1e-12)
    }
  }

  /// What reading a head of these tensors says.
  private func refusal(_ shapes: [String: [Int]], fill: Double = 1) throws -> String {
    try withTemporaryFolder { folder in
      let file = "\(folder)/head.safetensors"
      try SafetensorsWriter.write(
        try shapes.map { .init(name: $0.key, tensor: try Tensor.full($0.value, fill)) }, to: file)
      return message { try AestheticHead(file) }.replacing("\(folder)/", with: "")
    }
  }

  @Test("a head under a folder's CLIP is found, and under wrappers of names")
  func wrappers() throws {
    #expect(
      try refusal([
        "vision_model.post_layernorm.weight": [4], "logit_scale": [], "predictor.weight": [1, 4],
        "predictor.bias": [1],
      ]) == "")
    #expect(try refusal(["module.mlp.0.weight": [1, 4], "module.mlp.0.bias": [1]]) == "")
  }

  @Test("files of other things are refused with what they hold")
  func otherFiles() throws {
    #expect(
      try refusal(["conv.weight": [4, 4], "conv.bias": [4]])
        == "head.safetensors is no aesthetic head: it holds conv.bias, conv.weight; a linear head has "
        + "weight and bias, an MLP has layers.0, 2, 4, 6, 7 (without activation) or layers.0, 3, 6, 9, "
        + "11 (with ReLU)")
    let many = Dictionary(uniqueKeysWithValues: (0..<9).map { ("down.\($0).lora", [2]) })
    #expect(
      try refusal(many).hasPrefix(
        "head.safetensors is no aesthetic head: it holds down.0.lora, down.1.lora, down.2.lora, "
          + "down.3.lora, down.4.lora, down.5.lora and 3 more; "))
  }

  @Test("layers that do not tell where activations are, are refused")
  func unknownNumbers() throws {
    let shapes = [0, 2, 4].flatMap { layer in
      [
        ("layers.\(layer).weight", layer == 4 ? [1, 4] : [4, 4]),
        ("layers.\(layer).bias", layer == 4 ? [1] : [4]),
      ]
    }
    #expect(
      try refusal(Dictionary(uniqueKeysWithValues: shapes))
        == "head.safetensors has layers 0, 2, 4, which does not tell where its activations are: known "
        + "are 0, 2, 4, 6, 7 (without activation) and 0, 3, 6, 9, 11 (ReLU after all but the last)")
  }

  @Test("layers that do not fit are named")
  func misfits() throws {
    #expect(
      try refusal(["weight": [1, 4]])
        == "head.safetensors: bias is missing; is the file complete, and an aesthetic head?")
    #expect(
      try refusal(["weight": [3, 4], "bias": [3]])
        == "head.safetensors: weight is [3, 4], which should give 1 number; is the file complete, "
        + "and an aesthetic head?")
    #expect(
      try refusal(["weight": [1, 4], "bias": [2]])
        == "head.safetensors: bias has 2 numbers for 1 outputs; is the file complete, and an "
        + "aesthetic head?")
    var shapes: [String: [Int]] = [:]
    for (layer, size) in zip([0, 3, 6, 9, 11], [4, 4, 4, 5, 1]) {
      shapes["layers.\(layer).weight"] = [size, 4]
      shapes["layers.\(layer).bias"] = [size]
    }
    #expect(
      try refusal(shapes)
        == "head.safetensors: layers.9.weight is [5, 4], which should give 4 numbers; is the file "
        + "complete, and an aesthetic head?")
  }

  @Test("a head with NaN is refused")
  func notFinite() throws {
    #expect(
      try refusal(["weight": [1, 4], "bias": [1]], fill: .nan)
        == "weight in head.safetensors holds an infinity or a NaN; the file is damaged or its "
        + "training diverged")
  }

  @Test("a folder without weights is refused")
  func emptyFolder() throws {
    try withTemporaryFolder { folder in
      #expect(
        message { try AestheticHead(folder) }
          == "\(folder) holds no weights (model.safetensors, pytorch_model.bin); name the head's file"
      )
    }
  }
}
