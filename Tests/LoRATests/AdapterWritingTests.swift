import Files
import Foundation
import LoRA
import NN
import TestSupport
import Testing
import Torch

@Suite("Writing an adapter")
struct AdapterWritingTests {
  @Test(
    "what is read again changes the weights as before",
    arguments: AdapterWeights.WritableForm.allCases, [false, true])
  func roundTrip(_ form: AdapterWeights.WritableForm, _ rankStabilised: Bool) throws {
    let weights = try AdapterWeights.random(seed: 4, rankStabilised: rankStabilised)
    let again = try rewritten(weights, form)
    #expect(Set(again.layers.keys) == Set(weights.layers.keys))
    for (layer, factors) in weights.layers {
      let other = try #require(again.layers[layer])
      #expect(try relativeError(other.weightChange(), factors.weightChange()) < 1e-6)
      #expect(other.down.shape == factors.down.shape)
    }
    #expect(again.metadata["ss_output_name"] == "foxes")
  }

  @Test("a second round trip changes no bit", arguments: AdapterWeights.WritableForm.allCases)
  func fixedPoint(_ form: AdapterWeights.WritableForm) throws {
    let once = try rewritten(AdapterWeights.random(seed: 5), form)
    let twice = try rewritten(once, form)
    for (layer, factors) in once.layers {
      let other = try #require(twice.layers[layer])
      #expect(try other.down.isEqual(to: factors.down))
      #expect(try other.up.isEqual(to: factors.up))
      #expect(other.scale == factors.scale)
    }
  }

  @Test("PEFT's folder keeps factors, alphas and the kind of scale bit for bit")
  func peft() throws {
    let weights = try AdapterWeights.random(seed: 6, rankStabilised: true)
    let again = try rewritten(weights, .peft)
    for (layer, factors) in weights.layers {
      let other = try #require(again.layers[layer])
      #expect(try other.down.isEqual(to: factors.down) && other.up.isEqual(to: factors.up))
      #expect(other.alpha == factors.alpha && other.isRankStabilised)
    }
  }

  @Test("attention alone has the names of diffusers' training script, other layers PEFT's")
  func names() throws {
    let weights = try AdapterWeights.random(seed: 7)
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.safetensors"
      try weights.write(.diffusers, to: path)
      let names = try CheckpointFile.open(path).names
      #expect(names.contains("unet.mid_block.resnets.1.conv2.lora_A.weight"))
      #expect(
        names.contains(
          "text_encoder.text_model.encoder.layers.0.mlp.fc1.lora_linear_layer.down.weight"))
      var attention = weights
      attention.layers = weights.layers.filter { $0.key.name.contains("attn") }
      try attention.write(.diffusers, to: path)
      let prefix = "unet.mid_block.attentions.0.transformer_blocks.0"
      #expect(
        try CheckpointFile.open(path).names == [
          "\(prefix).attn1.to_q.lora.down.weight", "\(prefix).attn1.to_q.lora.up.weight",
          "\(prefix).attn2.to_out.0.lora.down.weight", "\(prefix).attn2.to_out.0.lora.up.weight",
        ])
    }
  }

  @Test("a kohya file has one alpha a network, its own hashes and the keys that readers ask for")
  func kohya() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.safetensors"
      try AdapterWeights.random(seed: 8).write(.kohya, to: path, dtype: .float16)
      let file = try CheckpointFile.open(path)
      let alphas = try file.entries.values.filter { $0.name.hasSuffix(".alpha") }
        .map { try $0.tensor().item() }
      #expect(alphas == Array(repeating: 3, count: 5))
      #expect(file.metadata["ss_network_module"] == "networks.lora")
      #expect(file.metadata["ss_base_model_version"] == "sd_v1")
      #expect(file.metadata["ss_v2"] == "False")
      #expect(file.metadata["ss_network_dim"] == "Dynamic")
      #expect(
        file.metadata["sshs_model_hash"]
          == (try AdapterFile.read(path, names: AdapterFixture.names)).hash)
      // Nothing lies behind the first MiB of so small a file: the hash of nothing.
      #expect(file.metadata["sshs_legacy_hash"] == "e3b0c442")
    }
  }

  @Test("a number that fp16 cannot hold is refused by name")
  func tooLarge() throws {
    let factors = LowRankFactors(
      down: try Tensor.full([1, 2], 1e6), up: try Tensor.ones([2, 1]))
    let weights = AdapterWeights(layers: [LayerAddress(.unet, "conv_in"): factors])
    let text = try withTemporaryFolder { folder in
      message { try weights.write(.kohya, to: "\(folder)/a.safetensors", dtype: .float16) }
    }
    #expect(
      text
        == "lora_unet_conv_in.lora_down.weight holds a number that is too large for F16; write fp32 or bf16"
    )
  }

  @Test("PEFT's folder is whole or not there; over an old one no factor meets the other's alpha")
  func peftFolder() throws {
    let weights = try AdapterWeights.random(seed: 3)
    let broken = AdapterWeights(
      layers: [
        LayerAddress(.unet, "conv_in"): LowRankFactors(
          down: try Tensor.full([1, 2], 1e6), up: try Tensor.ones([2, 1]))
      ])
    try withTemporaryFolder { folder in
      let path = "\(folder)/new/peft"
      #expect(throws: AdapterFileError.self) {
        try broken.write(.peft, to: path, dtype: .float16)
      }
      #expect(try FolderListing.names(in: "\(folder)/new") == [])
      let files = try weights.write(.peft, to: path)
      #expect(try FolderListing.names(in: "\(folder)/new") == ["peft"])
      let others = "\(path)/README.md"
      try AtomicFile.write(Array("a fox".utf8), to: others)
      // What cannot be stored leaves the old adapter as it was.
      #expect(throws: AdapterFileError.self) {
        try broken.write(.peft, to: path, dtype: .float16)
      }
      #expect(files.allSatisfy { FileManager.default.fileExists(atPath: $0) })
      // What the disk refuses half-way leaves factors without any alpha, which nobody reads.
      try FileManager.default.removeItem(atPath: files[0])
      try FileManager.default.createDirectory(
        atPath: files[0] + "/x", withIntermediateDirectories: true)
      #expect(throws: FileError.self) { try weights.write(.peft, to: path) }
      #expect(
        files.filter { $0.hasSuffix(".json") }
          .allSatisfy { !FileManager.default.fileExists(atPath: $0) })
      try FileManager.default.removeItem(atPath: files[0])
      try weights.write(.peft, to: path)
      #expect(FileManager.default.fileExists(atPath: others))
      #expect(
        try AdapterFile.read(path, names: AdapterFixture.names).weights.layers.count
          == weights.layers.count)
    }
  }

  private func rewritten(_ weights: AdapterWeights, _ form: AdapterWeights.WritableForm) throws
    -> AdapterWeights
  {
    try withTemporaryFolder { folder in
      let path = form == .peft ? "\(folder)/peft" : "\(folder)/a.safetensors"
      let written = try weights.write(form, to: path)
      #expect(Set(written) == Set(weights.files(form, at: path)))
      return try AdapterFile.read(path, names: AdapterFixture.names).weights
    }
  }
}
