package import NN
package import Torch

/// An image cut into square patches, each as one vector: a convolution whose stride is its kernel.
package final class PatchEmbedding {
  private let weight: FrozenWeight
  private let patchSize: Int

  /// Reads `weight`, `[width, 3, patch, patch]`; there is no bias.
  package init(_ weights: Weights, width: Int, patchSize: Int) throws {
    weight = weights.frozen(
      "weight", [width, 3, patchSize, patchSize], .fanIn(3 * patchSize * patchSize))
    self.patchSize = patchSize
  }

  /// - Parameter pixels: `[B, 3, S, S]`.
  /// - Returns: `[B, N, D]`, row by row from the top.
  package func callAsFunction(_ pixels: Tensor) throws -> Tensor {
    let patches = try pixels.convolution(weight.dense(), stride: patchSize)
    let (batch, width) = (patches.shape[0], patches.shape[1])
    let count = patches.shape[2] * patches.shape[3]
    return try patches.reshaped([batch, width, count]).transposed(1, 2)
  }
}
