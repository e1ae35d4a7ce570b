public import Torch

/// What an adapter adds to a frozen layer.
public protocol LayerBranch: AnyObject {
  /// The branch's tensors that gradients are asked for; none where it is not trained.
  var parameters: [Tensor] { get }

  /// The branch's share of the layer's output, in the type of `x`.
  ///
  /// - Parameter x: the layer's input: `[…, in]`, channels last, where the layer is pointwise, else
  ///   `[B, in, H, W]`.
  /// - Returns: `[…, out]`, or `[B, out, H′, W′]`.
  func callAsFunction(_ x: Tensor) throws -> Tensor

  /// What the branch amounts to as a change of the weight, `F32 [out, in]` or `[out, in, kh, kw]`.
  func weightChange() throws -> Tensor
}

extension LayerBranch {
  /// None.
  public var parameters: [Tensor] { [] }
}

/// The place in a frozen layer where adapters hang: `y = W·x + b + Σ branch(x)`.
///
/// A branch hangs *apart*, computed beside the weight, or is *folded* into a copy of it. Folding
/// starts from the pristine weight each time, so that nothing accumulates.
public final class AdapterSlot {
  /// The layer's name in its network, such as `down_blocks.0.attentions.0.proj_in`.
  public let name: String

  /// The layer's sizes.
  public let geometry: LayerGeometry

  private let weight: FrozenWeight
  private var branches: [any LayerBranch] = []

  /// How often what hangs here was changed, by whomever.
  public private(set) var changeCount = 0

  init(_ weight: FrozenWeight, name: String, geometry: LayerGeometry) {
    self.weight = weight
    self.name = name
    self.geometry = geometry
  }

  /// The type that the layer computes in.
  public var dtype: DType { weight.placement.dtype }

  /// Where the layer computes.
  public var device: Device { weight.placement.device }

  /// Whether the layer's weight is all there is to compute: nothing hangs apart.
  public var isEmpty: Bool { branches.isEmpty }

  /// The layer's weight without any adapter, in the type that the layer computes in, of
  /// `geometry.weightShape`.
  public func pristineWeight() throws -> Tensor {
    try weight.pristine().reshaped(geometry.weightShape)
  }

  /// The tensors of what hangs here that gradients are asked for.
  public var parameters: [Tensor] { branches.flatMap(\.parameters) }

  /// Hangs `branch` beside the weight.
  public func attach(_ branch: any LayerBranch) {
    changeCount += 1
    branches.append(branch)
  }

  /// Takes `branch` off where it hangs.
  public func detach(_ branch: any LayerBranch) {
    changeCount += 1
    branches.removeAll { $0 === branch }
  }

  /// Takes all branches off, and what was folded out of the weight.
  public func detachAll() {
    changeCount += 1
    branches = []
    weight.change = nil
  }

  /// Folds `branches` into the weight, in place of what was folded before.
  public func fold(_ branches: [any LayerBranch]) {
    changeCount += 1
    guard let first = branches.first else {
      weight.change = nil
      return
    }
    weight.change = {
      try branches.dropFirst().reduce(first.weightChange()) { try $0 + $1.weightChange() }
    }
  }

  /// Adds to `y`, the frozen layer's output, what the branches make of its input `x`.
  func adding(to y: Tensor, _ x: Tensor) throws -> Tensor {
    try branches.reduce(y) { try $0 + $1(x) }
  }
}
