import TestSupport
import Testing
import Torch

/// Making tensors, changing their shape and type, and reading them.
struct ShapeTests {
  /// 0, 1, 2, … of `shape`.
  private func ramp(_ shape: [Int]) throws -> Tensor {
    try Tensor.arange(0..<shape.reduce(1, *)).reshaped(shape)
  }

  @Test("what is written is what is read, whatever the type", arguments: DType.allCases)
  func types(_ dtype: DType) throws {
    let x = try Tensor([0, 1, 1, 0] as [Float], shape: [2, 2]).to(dtype)
    #expect(x.dtype == dtype)
    #expect(x.summary == "\(dtype.rawValue) [2, 2]")
    #expect(try x.floats() == [0, 1, 1, 0])
    #expect(try x.doubles() == [0, 1, 1, 0])
    #expect(try x.integers() == [0, 1, 1, 0])
    #expect(try x.bytes() == [0, 1, 1, 0])
    #expect(try x.withBytes { $0.count } == 4 * dtype.size)
  }

  @Test("conversion rounds to the nearest, halves to even")
  func rounding() throws {
    let x = try Tensor([1 + 1 / 256, 1 + 3 / 256, 65504, 1e-3] as [Float], shape: [4])
    #expect(try x.to(.bfloat16).floats() == [1, 1 + 1 / 64, 65536, 0.00099945068359375])
    #expect(try x.to(.float16).floats()[2] == 65504)
    #expect(try x.to(.float32) === x)
  }

  @Test("tensors of zeros, ones, one value, and a range")
  func making() throws {
    #expect(try Tensor.zeros([2]).floats() == [0, 0])
    #expect(try Tensor.ones([1, 2]).shape == [1, 2])
    #expect(try Tensor.full([], 2.5).item() == 2.5)
    #expect(try Tensor.full([2], 7, dtype: .int32).integers() == [7, 7])
    #expect(try Tensor.arange(3..<6).integers() == [3, 4, 5])
    #expect(try Tensor.arange(3..<3).shape == [0])
    #expect(try Tensor.empty([0, 4]).floats() == [])
    #expect(try Tensor([] as [Float], shape: [0]).count == 0)
  }

  @Test("changes of shape move elements as they say")
  func shapes() throws {
    let x = try ramp([2, 3])
    #expect(try x.reshaped([3, -1]).shape == [3, 2])
    #expect(try x.transposed(0, 1).integers() == [0, 3, 1, 4, 2, 5])
    #expect(try x.permuted([1, 0]).integers() == [0, 3, 1, 4, 2, 5])
    #expect(try x.unsqueezed(-1).shape == [2, 3, 1])
    #expect(try x.unsqueezed(0).squeezed(0).shape == [2, 3])
    #expect(try x.narrowed(1, 1..<3).integers() == [1, 2, 4, 5])
    #expect(try x.selected(-1, 0).integers() == [0, 3])
    #expect(try x[1].integers() == [3, 4, 5])
    #expect(try x.flipped(1).integers() == [2, 1, 0, 5, 4, 3])
    #expect(try x.repeated(2, along: 0).integers() == [0, 1, 2, 0, 1, 2, 3, 4, 5, 3, 4, 5])
    #expect(try x.gathered(1, Tensor([2, 0, 2], shape: [3])).integers() == [2, 0, 2, 5, 3, 5])
    #expect(try ramp([1, 3]).expanded([2, -1]).integers() == [0, 1, 2, 0, 1, 2])
    #expect(try ramp([1, 1, 1, 1]).padded(left: 1, right: 2, bottom: 1).shape == [1, 1, 2, 4])
    #expect(
      try Tensor([5] as [Float], shape: [1, 1]).padded(left: 1, top: 1).floats() == [0, 0, 0, 5])
  }

  @Test("chunks and concatenation are inverse", arguments: [0, 1, -1])
  func chunks(_ dimension: Int) throws {
    let x = try ramp([4, 6])
    let parts = try x.chunks(2, along: dimension)
    #expect(parts.count == 2)
    #expect(try Tensor.concatenated(parts, along: dimension).isEqual(to: x))
    let stacked = try Tensor.stacked(parts)
    #expect(stacked.shape == [2] + parts[0].shape)
    #expect(try stacked[1].isEqual(to: parts[1]))
  }

  @Test("layers' functions give their hand-made values")
  func layers() throws {
    let x = try Tensor([1, 2, 3, 4] as [Float], shape: [2, 2])
    #expect(try x.matmul(x).floats() == [7, 10, 15, 22])
    let bias = try Tensor([10, 20] as [Float], shape: [2])
    #expect(try x.linear(x).floats() == [5, 11, 11, 25])
    #expect(try x.linear(x, bias: bias).floats() == [15, 31, 21, 45])
    let image = try x.reshaped([1, 1, 2, 2])
    let sum = try Tensor.ones([1, 1, 3, 3])
    #expect(try image.convolution(sum, padding: 1).floats() == [10, 10, 10, 10])
    #expect(try image.convolution(sum, stride: 2, padding: 1).floats() == [10])
    #expect(
      try image.upsampledNearest(height: 3, width: 4).floats()
        == [1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4])
    #expect(try x.embedding(Tensor([1, 0], shape: [2])).floats() == [3, 4, 1, 2])
    let (one, zero) = try (Tensor.ones([2]), Tensor.zeros([2]))
    let normed = try x.layerNorm(weight: one, bias: zero, epsilon: 0).floats()
    #expect(zip(normed, [-1, 1, -1, 1]).allSatisfy { abs($0 - $1) < 1e-6 })
    let grouped = try x.reshaped([1, 2, 2]).groupNorm(
      groups: 2, weight: one, bias: bias, epsilon: 0
    ).floats()
    #expect(zip(grouped, [9, 11, 19, 21]).allSatisfy { abs($0 - $1) < 1e-5 })
  }

  @Test("a mask hides, and a causal mask hides what comes later")
  func attention() throws {
    let q = try Tensor.zeros([1, 1, 2, 1])
    let v = try Tensor([1, 3] as [Float], shape: [1, 1, 2, 1])
    #expect(try Tensor.attention(q, q, v, scale: 1).floats() == [2, 2])
    #expect(try Tensor.attention(q, q, v, isCausal: true, scale: 1).floats() == [1, 2])
    let mask = try Tensor([0, -Float.infinity] as [Float], shape: [1, 2])
    #expect(try Tensor.attention(q, q, v, mask: mask, scale: 1).floats() == [1, 1])
  }

  @Test("assigning writes into the tensor and all its views")
  func assign() throws {
    let x = try Tensor.zeros([2, 2])
    let row = try x[1]
    try row.assign(Tensor([1, 2] as [Float], shape: [2]))
    #expect(try x.floats() == [0, 0, 1, 2])
    let copy = try x.clone()
    try row.assign(Tensor.zeros([2]))
    #expect(try copy.floats() == [0, 0, 1, 2])
  }

  @Test("layouts change memory, not values")
  func layouts() throws {
    let x = try ramp([1, 2, 2, 2])
    let last = try x.channelsLast()
    #expect(try last.isEqual(to: x))
    #expect(try last.contiguous().integers() == Array(0..<8))
    #expect(
      try last.withBytes { Array($0.bindMemory(to: Int64.self)) } == (0..<8).map { Int64($0) })
  }

  @Test("an empty dimension is cut into empty pieces")
  func emptyChunks() throws {
    let pieces = try Tensor.zeros([2, 0]).chunks(3, along: 1)
    #expect(pieces.map(\.shape) == [[2, 0], [2, 0], [2, 0]])
  }

  @Test("8-bit floating-point tensors and empty ones are told finite or not")
  func finite() throws {
    for dtype in [DType.float8E4M3, .float8E5M2] {
      #expect(try Tensor([1, 2] as [Float], shape: [2]).to(dtype).isFinite())
      #expect(try !Tensor([1, .nan] as [Float], shape: [2]).to(dtype).isFinite())
    }
    #expect(try Tensor.zeros([0]).isFinite())
  }
}
