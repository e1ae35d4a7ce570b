internal import NN
internal import Torch

/// A finished adapter's share of one layer: `m·s·B·(A·x)`, without gradients of its own.
final class LowRankBranch: LayerBranch {
  private let factors: LowRankFactors
  private let multiplier: Double
  private let geometry: LayerGeometry
  private var converted: Converted?

  /// The factors as the layer computes with them: converted once, not at every call.
  private struct Converted {
    let down: Tensor
    let up: Tensor
  }

  /// - Parameter multiplier: m, how much of the adapter to add.
  init(_ factors: LowRankFactors, multiplier: Double, geometry: LayerGeometry) {
    self.factors = factors
    self.multiplier = multiplier
    self.geometry = geometry
  }

  func callAsFunction(_ x: Tensor) throws -> Tensor {
    let factors = try factors(for: x)
    return try geometry.lowRank(x, down: factors.down, up: factors.up)
  }

  func weightChange() throws -> Tensor { try factors.weightChange() * multiplier }

  private func factors(for x: Tensor) throws -> Converted {
    if let converted, converted.down.dtype == x.dtype, converted.down.device == x.device {
      return converted
    }
    // The scale is multiplied in before the rounding, which is then the only one.
    var (down, up) = try (
      factors.down.to(.float32), factors.up.to(.float32) * (multiplier * factors.scale)
    )
    if x.dtype == .float16 {
      let balance = try LowRankFactors.balance(down, up)
      (down, up) = try (down / balance, up * balance)
    }
    let made = Converted(
      down: try down.reshaped(geometry.downShape(rank: factors.rank))
        .to(x.dtype, device: x.device),
      up: try up.reshaped(geometry.upShape(rank: factors.rank)).to(x.dtype, device: x.device))
    converted = made
    return made
  }
}

extension LayerGeometry {
  /// `B·(A·x)` as the layer sees `x`: two products, or a convolution with the layer's window and
  /// one that sees single pixels.
  ///
  /// - Parameters:
  ///   - x: the layer's input, `[…, in]` where the layer is pointwise, else `[B, in, H, W]`.
  ///   - down: A, of `downShape`.
  ///   - up: B, of `upShape`.
  /// - Returns: `[…, out]`, or `[B, out, H′, W′]`.
  func lowRank(_ x: Tensor, down: Tensor, up: Tensor) throws -> Tensor {
    let rank = down.shape[0]
    guard let window, !isPointwise else {
      return try x.linear(down.reshaped([rank, input])).linear(up.reshaped([output, rank]))
    }
    return try x.convolution(down, stride: window.stride, padding: window.padding)
      .convolution(up)
  }
}
