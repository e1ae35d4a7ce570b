import Foundation
import NN
import TestSupport
import Testing
import Torch

/// The cursor in a checkpoint's name tree.
struct WeightsTests {
  @Test("a subscript goes down the tree, by name or by index")
  func names() throws {
    let root = try weights(["a.b.0.c.weight": .ones([2])])
    #expect(root.fullName("x") == "x")
    #expect(root["a"]["b"][0]["c"].fullName("weight") == "a.b.0.c.weight")
    #expect(root["a.b"][0].fullName("c") == "a.b.0.c")
    #expect(root["a"].fullName("") == "a")
    #expect(root["a.b.0"].contains("c.weight"))
    #expect(!root["a.b.1"].contains("c.weight"))
    #expect(try root["a.b"][0]["c"].frozen("weight", [2], .zeros).dense().floats() == [1, 1])
  }

  @Test("what fits is read, and nothing is left over")
  func fitting() throws {
    let root = try weights(["a.weight": .ones([2, 3]), "a.bias": .zeros([2])])
    _ = try Linear(root["a"], from: 3, to: 2)
    try root.verify()
    #expect(root.elementCount == 8)
  }

  @Test(
    "trailing dimensions of size one do not count", arguments: [[2, 3, 1, 1], [2, 3, 1], [2, 3]])
  func trailingOnes(_ shape: [Int]) throws {
    let root = try weights(["a.weight": Tensor.ones([2, 3]).reshaped(shape)])
    let layer = try Linear(root["a"], from: 3, to: 2, bias: false)
    try root.verify()
    #expect(try layer(.ones([1, 3])).floats() == [3, 3])
    let image = try weights([
      "a.weight": Tensor.ones([2, 3]).reshaped(shape), "a.bias": Tensor.zeros([2]),
    ])
    let convolution = try Conv2d(image["a"], from: 3, to: 2, kernel: 1)
    try image.verify()
    #expect(try convolution(.ones([1, 3, 1, 1])).floats() == [3, 3])
  }

  @Test("everything that does not fit is listed by its full name, in one message")
  func mismatch() throws {
    let root = try weights([
      "down.0.weight": .ones([3, 2]), "down.0.bias": Tensor.zeros([2], dtype: .int32),
      "other.weight": .ones([1]), "ignored.weight": .ones([1]), "scale": .ones([1]),
    ])
    _ = try Linear(root["down"][0], from: 3, to: 2)
    _ = try Linear(root["up"][1], from: 3, to: 2)
    let text = message { try root.verify(ignoring: { $0.hasPrefix("ignored.") }) }
    #expect(
      text == """
        x.safetensors does not fit its configuration; is config.json of another model, or the download incomplete?
          2 missing:
            up.1.weight [2, 3]
            up.1.bias [2]
          2 of another shape or type:
            down.0.weight is [3, 2], not [2, 3]
            down.0.bias is I32, not a floating-point type
          2 not asked for:
            other.weight
            scale
        """)
  }

  @Test("a long list is cut short, and says how much longer it is")
  func longList() throws {
    let root = try weights(
      Dictionary(uniqueKeysWithValues: (10..<33).map { ("t\($0)", try Tensor.ones([1])) }))
    let lines = message { try root.verify() }.split(separator: "\n")
    #expect(lines.count == 1 + 1 + 20 + 1)
    #expect(lines[1] == "  23 not asked for:")
    #expect(lines[21] == "    t29")
    #expect(lines[22] == "    … and 3 more")
  }

  @Test("a tensor that is missing is an error also when it is used before anything was verified")
  func unverified() throws {
    let layer = try Linear(weights(["b": .ones([1])])["a"], from: 3, to: 2)
    #expect(message { try layer(.ones([1, 3])) }.contains("    a.bias"))
  }

  @Test(
    "a weight that is no finite number is named, whatever the type",
    arguments: [DType.float32, .float16, .bfloat16], [Float.nan, .infinity, -.infinity])
  func notFinite(_ dtype: DType, bad: Float) throws {
    let root = try weights([
      "block.0.conv.weight": Tensor([1, bad, 2] as [Float], shape: [1, 3]).to(dtype),
      "block.0.conv.bias": Tensor.zeros([1]).to(dtype),
    ])
    let layer = try Linear(root["block"][0]["conv"], from: 3, to: 1)
    try root.verify()
    #expect(
      message { try layer(.ones([1, 3])) }
        == "block.0.conv.weight in x.safetensors holds an infinity or a NaN; "
        + "the file is damaged or its training diverged")
  }

  @Test("large finite weights are not taken for infinite ones")
  func largeWeights() throws {
    let root = try weights(["a.weight": .full([4, 4], 3e38)])
    let layer = try Linear(root["a"], from: 4, to: 4, bias: false)
    #expect(try layer(.zeros([1, 4])).floats() == [0, 0, 0, 0])
  }

  @Test(
    "weights are placed in the type that the model computes in",
    arguments: [DType.bfloat16, .float16])
  func placement(_ dtype: DType) throws {
    let tensors = try draws(["a": [5, 7]])
    let root = try weights(tensors, placement: Placement(dtype: dtype))
    let placed = try root.frozen("a", [5, 7], .zeros).dense()
    #expect(placed.dtype == dtype)
    #expect(try placed.isEqual(to: #require(tensors["a"]).to(dtype)))
  }

  @Test("fp16 on a CPU is a rounding of the weights, and arithmetic is fp32")
  func rounding() throws {
    let tensors = try draws(["a": [5, 7]])
    let original = try #require(tensors["a"])
    let root = try weights(tensors, placement: Placement(dtype: .float32, rounding: .float16))
    let placed = try root.frozen("a", [5, 7], .zeros).dense()
    #expect(placed.dtype == .float32)
    #expect(try placed.isEqual(to: original.to(.float16).to(.float32)))
    #expect(try !placed.isEqual(to: original))
  }

  @Test("tensors that are not aligned in the file are read right", arguments: [0, 1, 2, 3])
  func unaligned(_ shift: Int) throws {
    let entries =
      #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"#
      + #""b":{"dtype":"F32","shape":[3],"data_offsets":[1,13]},"#
      + #""c":{"dtype":"F16","shape":[2],"data_offsets":[13,17]}}"#
    let header = entries + String(repeating: " ", count: shift)
    let values = [1.5, -2, 1e-3] as [Float]
    let halves = [0x3C00, 0xC000] as [UInt16]
    let bytes =
      safetensors(header) + [9] + values.withUnsafeBytes { Array($0) }
      + halves.withUnsafeBytes { Array($0) }
    try withTemporaryFolder { folder in
      let path = try write(bytes, to: "x.safetensors", in: folder)
      let file = try CheckpointFile.open(path)
      #expect(try file.entry("b").tensor().floats() == values)
      #expect(try file.entry("c").tensor().floats() == [1, -2])
      let root = Weights(file.entries, source: path, placement: Placement())
      #expect(try root.frozen("b", [3], .zeros).dense().floats() == values)
    }
  }

  @Test("a tensor from a file is a view of the mapping, which it keeps alive")
  func mapping() throws {
    let tensor = try withTemporaryFolder { folder in
      let path = "\(folder)/x.safetensors"
      try SafetensorsWriter.write(
        [SafetensorsWriter.Item(name: "a", tensor: .arange(0..<1000))], to: path)
      return try CheckpointFile.open(path).entry("a").tensor()
    }
    #expect(try tensor.integers() == Array(0..<1000))
  }
}
/// What a file's tensors become on their way into a layer.
struct PlacingTests {
  @Test("a weight too large for the type that it is rounded to is told from a damaged one")
  func tooLarge() throws {
    for placement in [Placement(rounding: .float16), Placement(dtype: .float16)] {
      let root = try weights(["a": .full([2], 70_000)], placement: placement)
      #expect(
        message { try root.frozen("a", [2], .zeros).dense() }
          == "a in x.safetensors holds a number that is too large for F16; compute in bf16 or fp32")
    }
  }

  @Test("an 8-bit weight that is not finite is named")
  func eightBit() throws {
    let root = try weights(["a": Tensor([1, .nan] as [Float], shape: [2]).to(.float8E4M3)])
    #expect(message { try root.frozen("a", [2], .zeros).dense() }.contains("holds an infinity"))
  }

  @Test("tensors that cannot be read are listed as such, not as missing")
  func unreadable() throws {
    let file = try CheckpointFile.open(fixture("unreadable.pt"))
    let root = Weights(
      file.entries, unreadable: file.unreadable, source: "x.pt", placement: Placement())
    for name in ["dense", "sparse", "absent"] { _ = root.frozen(name, [2], .zeros) }
    #expect(
      message { try root.verify() } == """
        x.pt does not fit its configuration; is config.json of another model, or the download incomplete?
          1 missing:
            absent [2]
          1 of a kind that is not read:
            sparse is torch._utils._rebuild_sparse_tensor
        """)
    #expect(
      message { try root.frozen("sparse", [2], .zeros).dense() }
        .hasSuffix("    sparse is torch._utils._rebuild_sparse_tensor"))
  }

  @Test(
    "a weight that was copied gives its pages back, one that is a view keeps them",
    arguments: [DType.bfloat16, .float32])
  func release(_ dtype: DType) throws {
    let count = 1 << 16
    try withTemporaryFolder { folder in
      let path = "\(folder)/x.safetensors"
      try SafetensorsWriter.write(
        [SafetensorsWriter.Item(name: "a", tensor: .zeros([count]))], to: path)
      let entry = try CheckpointFile.open(path).entry("a")
      // What is written to a private page is lost when the page is given back.
      let middle = entry.pointer + count * 2
      middle.storeBytes(of: 1, as: Float.self)
      let root = Weights(["a": entry], source: path, placement: Placement(dtype: dtype))
      #expect(try root.frozen("a", [count], .zeros).dense().sum().item() == 1)
      #expect(middle.load(as: Float.self) == (dtype == .float32 ? 1 : 0))
    }
  }
}

/// Weights that no file holds.
struct SeededWeightsTests {
  private func read(_ root: Weights, _ name: String) throws -> Tensor {
    try root.frozen(name, [8, 6], .normal(1)).dense()
  }

  @Test("equal seeds make equal weights, whatever the order of construction")
  func order() throws {
    let (first, second) = (Weights(seed: 7), Weights(seed: 7))
    let forwards = try ["a", "b", "c"].map { try read(first, $0) }
    let backwards = try ["c", "b", "a"].map { try read(second, $0) }
    for (one, other) in zip(forwards, backwards.reversed()) {
      #expect(try one.isEqual(to: other))
    }
    #expect(try !forwards[0].isEqual(to: forwards[1]))
    try first.verify()
  }

  @Test("another seed or another name makes other weights")
  func others() throws {
    let one = try read(Weights(seed: 7), "a")
    for seed: UInt64 in [0, 8, 7 + 1 << 32, 7 << 8] {
      #expect(try !one.isEqual(to: read(Weights(seed: seed), "a")))
    }
    #expect(try !one.isEqual(to: read(Weights(seed: 7)["x"], "a")))
    #expect(try read(Weights(seed: 7)["x"], "a").isEqual(to: read(Weights(seed: 7), "x.a")))
  }

  @Test("each kind of start has its own values")
  func kinds() throws {
    let root = Weights(seed: 1)
    #expect(try root.frozen("z", [3], .zeros).dense().floats() == [0, 0, 0])
    #expect(try root.frozen("o", [3], .ones).dense().floats() == [1, 1, 1])
    let uniform = try root.frozen("u", [4000], .uniform(0.5)).dense()
    #expect(try uniform.max().item() <= 0.5 && uniform.min().item() >= -0.5)
    #expect(try abs(uniform.mean().item()) < 0.02)
    let normal = try root.frozen("n", [4000], .normal(2)).dense()
    #expect(try abs(normal.pow(2).mean().item().squareRoot() - 2) < 0.1)
    let fan = try root.frozen("f", [4000], .fanIn(16)).dense()
    #expect(try fan.max().item() <= 0.25 && fan.max().item() > 0.24)
  }

  @Test("seeded weights are placed as any others")
  func placed() throws {
    let root = Weights(seed: 1, placement: Placement(dtype: .bfloat16))
    #expect(try root.frozen("a", [3], .ones).dense().dtype == .bfloat16)
    #expect(!root.contains("a"))
  }
}
