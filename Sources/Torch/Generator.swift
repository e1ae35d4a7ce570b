internal import CTorch

/// A stream of random numbers: torch's CPU generator (mt19937), bit for bit.
///
/// torch uses the low 32 bits of the seed. Draws are `F32` on the CPU; cast and move them
/// afterwards, so that precision and device never change which numbers come.
public final class Generator {
  private let handle: CGenerator

  /// A stream that starts at `seed`.
  public init(seed: UInt64) throws(TorchError) {
    var result = CGenerator()
    try check(ctorch_generator_make(seed, &result), "generator")
    handle = result
  }

  deinit {
    ctorch_generator_free(handle)
  }

  /// Draws from the standard normal distribution, as `torch.randn(shape, generator=…)`.
  public func normal(_ shape: [Int]) throws(TorchError) -> Tensor {
    try Tensor("randn \(shape)", of: []) { result in
      shape.withSizes { ctorch_randn($0, $1, handle, &result) }
    }
  }

  /// Draws uniformly from 0..<1, as `torch.rand(shape, generator=…)`.
  public func uniform(_ shape: [Int]) throws(TorchError) -> Tensor {
    try Tensor("rand \(shape)", of: []) { result in
      shape.withSizes { ctorch_rand($0, $1, handle, &result) }
    }
  }

  /// Draws integers from `range`, `I64`, as `torch.randint(low, high, shape, generator=…)`.
  public func integers(_ range: Range<Int>, _ shape: [Int]) throws(TorchError) -> Tensor {
    let (low, high) = (Int64(range.lowerBound), Int64(range.upperBound))
    return try Tensor("randint \(shape)", of: []) { result in
      shape.withSizes { ctorch_randint(low, high, $0, $1, handle, &result) }
    }
  }

  /// The numbers 0..<count in random order, `I64 [count]`, as `torch.randperm(count, generator=…)`.
  public func permutation(_ count: Int) throws(TorchError) -> Tensor {
    try Tensor("randperm", of: []) { ctorch_randperm(Int64(count), handle, &$0) }
  }
}

@available(*, unavailable)
extension Generator: Sendable {}
