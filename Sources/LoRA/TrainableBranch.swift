internal import NN
internal import Torch

/// One layer's share of an adapter that is being trained: `s·B·(A·dropout(x))`.
final class TrainableBranch: LayerBranch {
  /// A, `F32`.
  let down: Tensor

  /// B, `F32`.
  let up: Tensor

  /// The step that dropout's draws belong to.
  var step = 0

  private let geometry: LayerGeometry
  private let alpha: Double
  private let isRankStabilised: Bool
  private let scale: Double
  private let dropout: Double
  private let name: String
  private let seed: UInt64

  /// - Parameters:
  ///   - factors: where to begin; copied.
  ///   - name: the layer's, which with the seed and the step is the address of dropout's draws.
  init(
    _ factors: LowRankFactors, slot: AdapterSlot, dropout: Double, name: String, seed: UInt64
  ) throws {
    geometry = slot.geometry
    let rank = factors.rank
    func master(_ factor: Tensor, _ shape: [Int]) throws -> Tensor {
      try factor.detached().to(.float32, device: slot.device).reshaped(shape).clone().trainable()
    }
    down = try master(factors.down, geometry.downShape(rank: rank))
    up = try master(factors.up, geometry.upShape(rank: rank))
    alpha = factors.alpha
    isRankStabilised = factors.isRankStabilised
    scale = factors.scale
    self.dropout = dropout
    self.name = name
    self.seed = seed
  }

  var parameters: [Tensor] { [down, up] }

  func callAsFunction(_ x: Tensor) throws -> Tensor {
    let scaled = try up * scale
    guard x.dtype == .float16 else {
      return try geometry.lowRank(dropped(x), down: down.to(x.dtype), up: scaled.to(x.dtype))
    }
    // A constant of the graph: the product, and so its gradients, are those without it.
    let balance = try LowRankFactors.balance(down, scaled)
    return try geometry.lowRank(
      dropped(x), down: (down / balance).to(x.dtype), up: (scaled * balance).to(x.dtype))
  }

  func weightChange() throws -> Tensor { try factors().weightChange() }

  /// The factors as they are now.
  func factors() throws -> LowRankFactors {
    LowRankFactors(
      down: try down.detached().to(device: .cpu).clone(),
      up: try up.detached().to(device: .cpu).clone(), alpha: alpha,
      isRankStabilised: isRankStabilised)
  }

  /// `x` with a share of its elements zero and the others larger for it (Srivastava et al. 2014), in
  /// training alone. The same step draws the same mask again.
  private func dropped(_ x: Tensor) throws -> Tensor {
    guard dropout > 0, recordsGradients else { return x }
    let stays = 1 - dropout
    let draws = try Initialisation.generator("\(name).dropout.\(step)", seed: seed)
      .uniform(x.shape)
    // 0 or 1: what is above 1 is cut to 1.
    let kept = try (draws + stays).to(.uint8)
    return try x * (kept.to(.float32) / stays).to(x.dtype, device: x.device)
  }
}
