import CLIP
import CLIPReward
import Foundation
import Testing
import Torch

/// The dual encoder and the aesthetic head, hardly trained, as the command leaves them.
@Suite("The parts that score", .serialized)
struct DualEncoderTests {
  private static let folder = FileManager.default.temporaryDirectory
    .appending(path: "scoring-\(UUID().uuidString)").path

  /// Trains once for all tests.
  private static let training = Result {
    try TrainWeightsProcess.run([
      "shapes", "--quick", "--threads", "1", "--seed", "5", "--state", folder, "--out",
      folder + "/out", "--only", "text-tower", "--only", "dual-encoder", "--only", "aesthetic-head",
    ])
  }

  init() throws {
    let run = try Self.training.get()
    try #require(run.status == 0, "\(run.errors)")
  }

  @Test("the dual encoder is a CLIP without anything odd, whose embeddings have length 1")
  func loads() throws {
    let model = try CLIPModel(Self.folder + "/clip", environment: [:])
    #expect(model.warnings.isEmpty)
    #expect(try model.promptTokenCount == 30)
    let embeddings = try model.textEmbeddings(["a red circle", "a blue square"])
    #expect(embeddings.shape == [2, 128])
    for square in try (embeddings * embeddings).sum(along: [1]).doubles() {
      #expect(abs(square - 1) < 1e-5)
    }
  }

  @Test("a loss is written for each step")
  func log() throws {
    let text = try String(contentsOfFile: Self.folder + "/dual-encoder.jsonl", encoding: .utf8)
    #expect(text.split(separator: "\n").count == 20)
  }

  @Test("the text encoder stands alone in the layout of transformers")
  func textEncoder() throws {
    let alone = try Data(
      contentsOf: URL(fileURLWithPath: Self.folder + "/text_encoder/config.json"))
    let object = try JSONSerialization.jsonObject(with: alone) as? [String: Any]
    #expect(object?["model_type"] as? String == "clip_text_model")
    #expect(object?["max_position_embeddings"] as? Int == 32)
  }

  @Test("the head fits the dual encoder")
  func head() throws {
    let head = try AestheticHead(Self.folder + "/aesthetic.safetensors")
    #expect(head.kind == .linear)
    #expect(head.width == 128)
  }

  @Test("a finished part is passed over")
  func again() throws {
    let file = Self.folder + "/clip/model.safetensors"
    let before = try Data(contentsOf: URL(fileURLWithPath: file))
    let run = try TrainWeightsProcess.run([
      "shapes", "--quick", "--threads", "1", "--seed", "5", "--state", Self.folder, "--out",
      Self.folder + "/out", "--only", "dual-encoder",
    ])
    #expect(run.status == 0)
    #expect(try Data(contentsOf: URL(fileURLWithPath: file)) == before)
  }

  @Test("the head is made anew where the seed is another, and only there")
  func otherHead() throws {
    let file = URL(fileURLWithPath: Self.folder + "/aesthetic.safetensors")
    func run(seed: String) throws -> TrainWeightsProcess.Run {
      try TrainWeightsProcess.run([
        "shapes", "--quick", "--threads", "1", "--seed", seed, "--state", Self.folder, "--out",
        Self.folder + "/out", "--only", "aesthetic-head",
      ])
    }
    let before = try Data(contentsOf: file)
    #expect(try run(seed: "5").errors == "")
    #expect(try Data(contentsOf: file) == before)
    let other = try run(seed: "6")
    #expect(other.status == 0)
    #expect(
      other.errors.hasPrefix("aesthetic-head: made anew (seed was \"5\" and is \"6\")\n"),
      "\(other.errors)")
    #expect(try Data(contentsOf: file) != before)
    #expect(try run(seed: "5").status == 0)
    #expect(try Data(contentsOf: file) == before)
  }

  @Test("a dual encoder that is trained anew takes the place of what was there")
  func trainedAnew() throws {
    let file = URL(fileURLWithPath: Self.folder + "/clip/model.safetensors")
    let before = try Data(contentsOf: file)
    try Data("an earlier course's".utf8).write(to: file)
    for name in ["dual-encoder.safetensors", "dual-encoder.jsonl"] {
      try FileManager.default.removeItem(atPath: "\(Self.folder)/\(name)")
    }
    let run = try TrainWeightsProcess.run([
      "shapes", "--quick", "--threads", "1", "--seed", "5", "--state", Self.folder, "--out",
      Self.folder + "/out", "--only", "dual-encoder",
    ])
    #expect(run.status == 0, "\(run.errors)")
    #expect(try Data(contentsOf: file) == before)
  }

  @Test(
    "a measurement is one JSON object of numbers",
    arguments: [
      (["clip"], ["mismatch", "swapped", "exchanged", "recounted", "disordered"]),
      (
        ["head", "--head", "aesthetic.safetensors"], ["clean", "blurred_separation", "tiled_mean"]
      ),
    ])
  func measurement(_ which: [String], _ keys: [String]) throws {
    let run = try TrainWeightsProcess.run(
      ["measure"] + which.map { $0.hasSuffix("tensors") ? "\(Self.folder)/\($0)" : $0 }
        + ["--clip", Self.folder + "/clip", "--count", "20", "--json"])
    try #require(run.status == 0, "\(run.errors)")
    let object = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any]
    for key in keys { #expect(object?[key] != nil) }
  }
}
