import TestSupport
import Testing
import Torch

/// The bf16 kernel against libtorch's own attention in fp32.
@Suite(.enabled(if: Machine.hasFastBFloat16, "this processor has no bf16 arithmetic"))
struct BlockedAttentionTests {
  @Test(
    "blocked attention is as near to fp32 as libtorch's own bf16 kernel",
    arguments: [
      (1, 1, 1, 1, 8), (2, 1024, 1024, 8, 40), (2, 256, 77, 8, 80), (1, 16, 16, 8, 160),
      (3, 65, 1025, 2, 40), (1, 129, 513, 1, 2), (2, 63, 511, 5, 34), (1, 70, 1500, 1, 512),
    ])
  func agrees(_ batch: Int, _ rows: Int, _ count: Int, _ heads: Int, _ width: Int) throws {
    let generator = try Generator(seed: 5)
    let scale = 1 / Double(width).squareRoot()
    let draw = { (n: Int) in
      try (generator.normal([batch, n, heads * width]) * 2).to(.bfloat16)
    }
    let (q, k, v) = (try draw(rows), try draw(count), try draw(count))
    let split = { (x: Tensor, n: Int) in
      try x.reshaped([batch, n, heads, width]).transposed(1, 2)
    }
    let join = { (x: Tensor) in
      try x.transposed(1, 2).reshaped([batch, rows, heads * width]).to(.float32)
    }
    let exact = try join(
      Tensor.attention(
        split(q.to(.float32), rows), split(k.to(.float32), count), split(v.to(.float32), count),
        scale: scale))
    let peer = try join(
      Tensor.attention(split(q, rows), split(k, count), split(v, count), scale: scale))
    let own = try Tensor.blockedAttention(q, k, v, heads: heads, scale: scale).to(.float32)
    let (ours, theirs) = (
      try relativeError(own, exact), try relativeError(peer, exact)
    )
    #expect(ours <= 1.1 * theirs + 1e-4)
    #expect(ours < 4e-3)
  }

  @Test("large scores do not overflow, and equal scores give the mean")
  func extremes() throws {
    let q = try Tensor.full([1, 3, 4], 200, dtype: .bfloat16)
    let v = try Generator(seed: 1).normal([1, 600, 4]).to(.bfloat16)
    let mixed = try Tensor.blockedAttention(
      q, .full([1, 600, 4], 200, dtype: .bfloat16), v, heads: 1, scale: 1)
    let mean = try v.to(.float32).mean(along: [1], keepingDimensions: true)
    #expect(try relativeError(mixed.to(.float32), mean.expanded([1, 3, 4])) < 2e-2)
  }

  @Test("other types and odd widths are refused")
  func refusals() throws {
    let x = try Tensor.zeros([1, 2, 3], dtype: .bfloat16)
    #expect(throws: TorchError.self) {
      try Tensor.blockedAttention(x, x, x, heads: 1, scale: 1)
    }
    let y = try Tensor.zeros([1, 2, 4])
    #expect(throws: TorchError.self) {
      try Tensor.blockedAttention(y, y, y, heads: 1, scale: 1)
    }
  }
}
