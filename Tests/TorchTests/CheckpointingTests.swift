import TestSupport
import Testing
import Torch

/// Regions that are run again for their gradients.
struct CheckpointingTests {
  private struct Broken: Error, Equatable {
    let run: Int
  }

  private final class Counter {
    var runs = 0
  }

  private func draw(_ shape: [Int], _ seed: UInt64) throws -> Tensor {
    try Generator(seed: seed).normal(shape)
  }

  @Test("where no sums are reordered gradients are equal to the bit, and the region runs twice")
  func equal() throws {
    let (x, w) = try (draw([3, 4], 1).trainable(), draw([5, 4], 2).trainable())
    let counter = Counter()
    func region(_ x: Tensor) throws -> Tensor { try x.linear(w).silu() * 2 }
    let plain = try (region(x) * region(x)).sum()
    let expected = try gradients(of: plain, withRespectTo: [x, w])
    let y = try checkpointed([x], parameters: [w]) {
      counter.runs += 1
      return try region($0[0])
    }
    #expect(counter.runs == 1)
    let z = try checkpointed([x], parameters: [w]) { try region($0[0]) }
    let loss = try (y * z).sum()
    #expect(try loss.isEqual(to: plain))
    let found = try gradients(of: loss, withRespectTo: [x, w])
    #expect(counter.runs == 2)
    for (one, other) in zip(found, expected) { #expect(try one.isEqual(to: other)) }
  }

  @Test("regions nest, and take inputs that want no gradient")
  func nested() throws {
    let (x, w, c) = try (draw([3, 4], 1), draw([4, 4], 2).trainable(), draw([4], 3))
    func step(_ x: Tensor, _ c: Tensor) throws -> Tensor { try (x.linear(w) + c).tanh() }
    let plain = try step(step(x, c), c).pow(2).mean()
    let expected = try gradients(of: plain, withRespectTo: [w])[0]
    let y = try checkpointed([x, c], parameters: [w]) { outer in
      let inner = try checkpointed(outer, parameters: [w]) { try step($0[0], $0[1]) }
      return try checkpointed([inner, outer[1]], parameters: [w]) { try step($0[0], $0[1]) }
    }
    let found = try gradients(of: y.pow(2).mean(), withRespectTo: [w])[0]
    #expect(try relativeError(found, expected) < 1e-6)
  }

  @Test("an error of the first run comes out at once, one of the second out of gradients")
  func errors() throws {
    let x = try draw([3], 1).trainable()
    #expect(throws: Broken(run: 1)) {
      try checkpointed([x], parameters: []) { _ in throw Broken(run: 1) }
    }
    let counter = Counter()
    let y = try checkpointed([x], parameters: []) { inputs in
      counter.runs += 1
      if counter.runs == 2 { throw Broken(run: 2) }
      return try inputs[0] * 3
    }
    #expect(throws: Broken(run: 2)) { try gradients(of: y.sum(), withRespectTo: [x]) }
    // And libtorch is none the worse for it.
    #expect(try gradients(of: (x * 2).sum(), withRespectTo: [x])[0].floats() == [2, 2, 2])
    let misshapen = try checkpointed([x], parameters: []) { inputs in
      counter.runs += 1
      return try counter.runs == 4 ? inputs[0].reshaped([7]) : inputs[0] * 1
    }
    #expect(
      message { try gradients(of: misshapen.sum(), withRespectTo: [x]) }
        .hasPrefix("reshape to [7] cannot be done on F32 [3]: "))
  }

  @Test("what a region captured is let go with its graph, on every way out")
  func memory() throws {
    weak var captured: Counter?
    weak var thrown: Counter?
    try {
      let (counter, other) = (Counter(), Counter())
      (captured, thrown) = (counter, other)
      let x = try draw([3], 1).trainable()
      let y = try checkpointed([x], parameters: []) { inputs in
        counter.runs += 1
        return try inputs[0] * 2
      }
      _ = try gradients(of: y.sum(), withRespectTo: [x])
      _ = try checkpointed([x], parameters: []) { try $0[0] * Double(counter.runs) }
      #expect(throws: Broken.self) {
        try checkpointed([x], parameters: []) { _ in throw Broken(run: other.runs) }
      }
    }()
    #expect(captured == nil)
    #expect(thrown == nil)
  }

  @Test("without gradients a region just runs")
  func unrecorded() throws {
    let x = try draw([3], 1).trainable()
    let y = try withoutGradients { try checkpointed([x], parameters: []) { try $0[0] * 2 } }
    #expect(!y.requiresGradient)
    let z = try checkpointed([x.detached()], parameters: []) { try $0[0] * 2 }
    #expect(!z.requiresGradient)
    #expect(try y.isEqual(to: z))
  }
}
