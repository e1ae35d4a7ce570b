import Diffusion
import Files
import Foundation
import LoRA
import NN
import Policies
import TestSupport
import Testing
import Torch

@Suite("Merging adapters into a model")
struct MergingTests {
  private static let attention = "mid_block.attentions.0.transformer_blocks.0.attn1.to_q"

  /// Layers of the middle block and the text encoder, `width` wide.
  private func adapter(width: Int, text: (Int, Int)) throws -> AdapterWeights {
    let generator = try Generator(seed: 8)
    func factors(_ down: [Int], _ up: [Int]) throws -> LowRankFactors {
      LowRankFactors(
        down: try generator.normal(down), up: try generator.normal(up), alpha: 3)
    }
    return AdapterWeights(layers: [
      LayerAddress(.unet, Self.attention): try factors([2, width], [width, 2]),
      LayerAddress(.unet, "mid_block.resnets.0.conv1"): try factors(
        [2, width, 3, 3], [width, 2, 1, 1]),
      LayerAddress(.textEncoder, "encoder.layers.0.mlp.fc1"): try factors(
        [2, text.0], [text.1, 2]),
    ])
  }

  @Test("a single file keeps its names, and all that no adapter touches byte for byte")
  func singleFile() throws {
    let weights = try adapter(width: 8, text: (4, 16))
    let merge = AdapterMerge([(weights, 0.5), (weights, 0.25)], dtype: nil)
    let generator = try Generator(seed: 5)
    let middle = "model.diffusion_model.middle_block"
    let text = "cond_stage_model.transformer.text_model.encoder.layers.0.mlp.fc1"
    let touched = [
      "\(middle).1.transformer_blocks.0.attn1.to_q.weight": LayerAddress(.unet, Self.attention),
      "\(middle).0.in_layers.2.weight": LayerAddress(.unet, "mid_block.resnets.0.conv1"),
      "\(text).weight": LayerAddress(.textEncoder, "encoder.layers.0.mlp.fc1"),
    ]
    let shapes = [[8, 8], [8, 8, 3, 3], [16, 4], [16], [8, 4, 3, 3], [5]]
    let names = [
      "\(middle).1.transformer_blocks.0.attn1.to_q.weight", "\(middle).0.in_layers.2.weight",
      "\(text).weight", "\(text).bias", "first_stage_model.decoder.conv_in.weight", "other",
    ]
    try withTemporaryFolder { folder in
      let items = try zip(names, shapes).map {
        SafetensorsWriter.Item(name: $0, tensor: try generator.normal($1))
      }
      try SafetensorsWriter.write(items, to: "\(folder)/base.safetensors")
      let report = try merge.write(
        .file("\(folder)/base.safetensors"), to: "\(folder)/out.safetensors", variant: nil)
      #expect(report.merged == 3)
      let base = try CheckpointFile.open("\(folder)/base.safetensors")
      let out = try CheckpointFile.open("\(folder)/out.safetensors")
      #expect(out.names == names.sorted())
      for name in names {
        let (old, new) = try (base.entry(name).tensor(), out.entry(name).tensor())
        if let factors = touched[name].flatMap({ weights.layers[$0] }) {
          #expect(try relativeError(new - old, factors.weightChange() * 0.75) < 1e-5)
        } else {
          #expect(try new.isEqual(to: old))
        }
      }
    }
  }

  @Test("weights in shards become one file with the sums of those in one")
  func shards() throws {
    let merge = AdapterMerge([(try adapter(width: 32, text: (32, 64)), 0.5)], dtype: nil)
    try withTemporaryFolder { folder in
      let sharded = "\(folder)/sharded"
      try FileManager.default.copyItem(atPath: TinyModel.folder, toPath: sharded)
      let stem = "\(sharded)/unet/diffusion_pytorch_model"
      let file = try CheckpointFile.open("\(stem).safetensors")
      var map: [String: String] = [:]
      for (i, part) in [file.names.prefix(40), file.names.dropFirst(40)].enumerated() {
        let name = "diffusion_pytorch_model-0000\(i + 1)-of-00002.safetensors"
        try SafetensorsWriter.write(
          part.map { .init(name: $0, tensor: try file.entry($0).tensor()) },
          to: "\(sharded)/unet/\(name)")
        for tensor in part { map[tensor] = name }
      }
      try AtomicFile.write(
        JSONSerialization.data(withJSONObject: ["weight_map": map]),
        to: "\(stem).safetensors.index.json")
      try FileManager.default.removeItem(atPath: "\(stem).safetensors")
      let report = try merge.write(.folder(sharded), to: "\(folder)/a", variant: nil)
      #expect(report.merged == 3 && report.leftOut.isEmpty)
      _ = try merge.write(.folder(TinyModel.folder), to: "\(folder)/b", variant: nil)
      #expect(
        try FolderListing.names(in: "\(folder)/a/unet") == [
          "config.json", "diffusion_pytorch_model.safetensors",
        ])
      let path = "unet/diffusion_pytorch_model.safetensors"
      let (one, other) = try (
        CheckpointFile.open("\(folder)/a/\(path)"), CheckpointFile.open("\(folder)/b/\(path)")
      )
      #expect(one.names == other.names)
      for name in one.names {
        #expect(try one.entry(name).tensor().isEqual(to: other.entry(name).tensor()))
      }
    }
  }

  @Test("a layer that the model has no weight for is refused by name, and nothing is left behind")
  func notMerged() throws {
    var weights = try adapter(width: 32, text: (32, 64))
    let nowhere = LayerAddress(.textEncoder, "encoder.layers.9.mlp.fc1")
    weights.layers[nowhere] = weights.layers[LayerAddress(.unet, Self.attention)]
    try withTemporaryFolder { folder in
      let merge = AdapterMerge([(weights, 1)], dtype: nil)
      #expect(
        message { try merge.write(.folder(TinyModel.folder), to: "\(folder)/out", variant: nil) }
          == "\(TinyModel.folder)/text_encoder/model.safetensors has no weight for "
          + "text_encoder.encoder.layers.9.mlp.fc1, which the adapter changes; nothing was merged, because the model "
          + "stores these layers under names that are not known here")
      let left = try FolderListing.names(in: folder)
      #expect(left.isEmpty)
      // None of an adapter has nothing to merge.
      let none = AdapterMerge([(weights, 0)], dtype: nil)
      #expect(
        try none.write(.folder(TinyModel.folder), to: "\(folder)/out", variant: nil).merged == 0)
    }
  }
}
