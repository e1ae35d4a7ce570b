import Files
import LoRA
import NN
import TestSupport
import Testing
import Torch

@Suite("Reading an adapter")
struct AdapterReadingTests {
  @Test(
    "what every spelling changes is what PEFT changes",
    arguments: [
      ("diffusers.safetensors", AdapterForm.diffusers, AdapterFile.AlphaOrigin.metadata, 17),
      ("script.safetensors", .diffusers, .absent, 17),
      ("kohya.safetensors", .kohya, .tensors, 17),
      ("ldm.safetensors", .latentDiffusion, .absent, 12),
      ("peft", .peft, .configuration, 17),
      ("peft/unet", .peft, .configuration, 12),
      ("peft/text_encoder/adapter_model.safetensors", .peft, .configuration, 5),
      ("old.bin", .oldDiffusers, .absent, 8),
    ])
  func spellings(
    _ name: String, _ form: AdapterForm, _ origin: AdapterFile.AlphaOrigin, _ count: Int
  ) throws {
    let file = try AdapterFile.read(AdapterFixture.path(name), names: AdapterFixture.names)
    #expect(file.form == form)
    #expect(file.alphaOrigin == origin)
    #expect(file.weights.layers.count == count)
    #expect(file.dtypes == [name == "ldm.safetensors" ? .float16 : .float32])
    #expect(file.leftOut.isEmpty)
    let tolerance = name == "ldm.safetensors" ? 2e-3 : 1e-6
    #expect(try AdapterFixture.error(of: file.weights) < tolerance)
  }

  @Test("ranks and alphas come from PEFT's patterns")
  func patterns() throws {
    let file = try AdapterFile.read(AdapterFixture.path("peft"), names: AdapterFixture.names)
    func factors(_ component: AdapterComponent, _ name: String) throws -> LowRankFactors {
      try #require(file.weights.layers[LayerAddress(component, name)])
    }
    let block = "mid_block.attentions.0.transformer_blocks.0"
    let value = try factors(.unet, "\(block).attn2.to_v")
    #expect((value.rank, value.alpha) == (3, 1.5))
    let key = try factors(.unet, "\(block).attn1.to_k")
    #expect((key.rank, key.alpha) == (2, 6))
    #expect(try factors(.unet, "\(block).ff.net.2").alpha == 4)
    let text = try factors(.textEncoder, "encoder.layers.1.self_attn.q_proj")
    #expect(text.isRankStabilised)
    #expect(abs(text.scale - 1 / 2.0.squareRoot()) < 1e-12)
  }

  @Test("a divided convolution is put together")
  func divided() throws {
    let generator = try Generator(seed: 3)
    let (down, up, middle) = try (
      generator.normal([2, 5, 1, 1]), generator.normal([4, 2, 1, 1]),
      generator.normal([2, 2, 3, 3])
    )
    let key = "lora_unet_mid_block_resnets_0_conv1"
    let file = try read([
      "\(key).lora_down.weight": down, "\(key).lora_up.weight": up,
      "\(key).lora_mid.weight": middle, "\(key).alpha": try Tensor.full([], 1),
    ])
    let factors = try #require(file.weights.layers.values.first)
    #expect(factors.down.shape == [2, 5, 3, 3])
    // Three convolutions one after another are one with the kernel that is found.
    let x = try generator.normal([1, 5, 6, 6])
    let inTurn = try x.convolution(down).convolution(middle, padding: 1).convolution(up) * 0.5
    let atOnce = try x.convolution(factors.weightChange(), padding: 1)
    #expect(try relativeError(atOnce, inTurn) < 1e-5)
  }

  @Test(
    "an alpha may be of any number type and shape; zero means the rank",
    arguments: [(DType.float32, 2.0, 1.0), (.float16, 2, 1), (.int64, 4, 2), (.float32, 0, 1)])
  func alphas(_ dtype: DType, _ alpha: Double, _ scale: Double) throws {
    for shape in [[], [1]] {
      let file = try read(
        Self.pair("lora_unet_conv_in", ["alpha": try Tensor.full(shape, alpha).to(dtype)]))
      #expect(file.weights.layers.values.first?.scale == scale)
      #expect(file.alphaOrigin == .tensors)
    }
  }

  @Test("a file of PEFT's takes the configuration beside it, whatever its name; other forms do not")
  func configurationBeside() throws {
    try withTemporaryFolder { folder in
      func write(_ name: String, _ tensors: [String: Tensor]) throws -> String {
        let path = "\(folder)/\(name).safetensors"
        try SafetensorsWriter.write(
          tensors.map { .init(name: $0.key, tensor: $0.value) }, to: path)
        return path
      }
      func configure(_ alpha: Int) throws {
        try AtomicFile.write(
          Array("{\"r\": 2, \"lora_alpha\": \(alpha)}".utf8), to: "\(folder)/adapter_config.json")
      }
      func read(_ path: String) throws -> AdapterFile {
        try AdapterFile.read(path, names: AdapterFixture.names)
      }
      let peft = try write("mine", Self.peftPair())
      let kohya = try write("kohya", Self.pair("lora_unet_conv_in"))
      try configure(4)
      let (first, other) = try (read(peft), read(kohya))
      #expect(first.weights.layers.values.map(\.scale) == [2])
      #expect(first.alphaOrigin == .configuration && first.layersWithoutAlpha == 0)
      #expect(other.weights.layers.values.map(\.scale) == [1])
      #expect(other.alphaOrigin == .absent && other.layersWithoutAlpha == 1)
      // α is part of what the hash tells apart; AutoV3 of a file that has its own stays.
      try configure(2)
      #expect(try read(peft).hash != first.hash)
      #expect(try read(kohya).hash == other.hash)
    }
  }

  @Test("layers that lack an alpha are counted where the form has a place for it")
  func withoutAlpha() throws {
    var tensors = try Self.pair("lora_unet_conv_in", ["alpha": Tensor.full([], 1)])
    #expect(try read(tensors).layersWithoutAlpha == 0)
    tensors.merge(try Self.pair("lora_unet_conv_out")) { one, _ in one }
    #expect(try read(tensors).layersWithoutAlpha == 1)
    #expect(try read(Self.pair("unet.conv_in")).layersWithoutAlpha == 0)
  }

  @Test("a 1×1 convolution's factors and a linear layer's stand for each other")
  func pointwise() throws {
    let targets = try Self.targets()
    for window in [[], [1, 1]] {
      let tensors = try [
        "unet.proj.lora_A.weight": Tensor.ones([2, 4] + window),
        "unet.proj.lora_B.weight": Tensor.ones([6, 2] + window),
      ]
      let file = try read(
        tensors, names: AdapterNames(targets, latentDiffusionNames: { _ in [] }))
      #expect(file.weights.layers.values.first?.down.shape == [2, 4])
    }
  }

  static func targets() throws -> AdapterTargets {
    let weights = Weights(seed: 1)
    _ = try Linear(weights["proj"], from: 4, to: 6)
    _ = try Linear(weights["mid.attn2.to_k"], from: 8, to: 6)
    return AdapterTargets([(.unet, weights.slots)])
  }

  /// Factors of rank 2 under PEFT's names.
  static func peftPair() throws -> [String: Tensor] {
    try [
      "base_model.model.conv_in.lora_A.weight": .ones([2, 4]),
      "base_model.model.conv_in.lora_B.weight": .ones([6, 2]),
    ]
  }

  /// Factors of rank 2 that fit, and what else the layer has.
  static func pair(_ layer: String, _ more: [String: Tensor] = [:]) throws -> [String: Tensor] {
    var tensors = try [
      "\(layer).lora_down.weight": Tensor.ones([2, 4]),
      "\(layer).lora_up.weight": Tensor.ones([6, 2]),
    ]
    for (name, tensor) in more { tensors["\(layer).\(name)"] = tensor }
    return tensors
  }
}

/// Reads an adapter of these tensors from a file called `a.safetensors`.
func read(
  _ tensors: [String: Tensor], metadata: [String: String] = [:],
  names: AdapterNames = AdapterFixture.names, allowsPartial: Bool = false
) throws -> AdapterFile {
  try withTemporaryFolder { folder in
    let path = "\(folder)/a.safetensors"
    let items = tensors.map { SafetensorsWriter.Item(name: $0.key, tensor: $0.value) }
    try SafetensorsWriter.write(items, metadata: metadata, to: path)
    return try AdapterFile.read(path, names: names, allowsPartial: allowsPartial)
  }
}
