internal import NN
internal import Torch

/// Classifiers that only training has: what they must read off a picture's state is learnt several
/// times as fast as from captions alone, above all which colour belongs to which shape.
final class AttributeProbes {
  private let attributes: Linear
  private let kinds: Linear
  private let quality: Linear

  /// - Parameters:
  ///   - width: of the vision tower's states, `W`.
  ///   - embeddingWidth: of the embeddings, `D`.
  init(_ weights: Weights, width: Int, embeddingWidth: Int) throws {
    let count = SceneAttributes.classCounts.reduce(SceneAttributes.presenceCount, +)
    attributes = try Linear(weights["attributes"], from: width, to: count)
    kinds = try Linear(weights["kinds"], from: width, to: SceneAttributes.kindCount)
    quality = try Linear(weights["quality"], from: embeddingWidth, to: 1)
  }

  /// The mean cross entropy of all presences, eightfold, and those of the groups of classes.
  ///
  /// - Parameter states: of right pictures, `[B, W]`.
  func attributeLoss(_ states: Tensor, _ targets: SceneAttributes) throws -> Tensor {
    let logits = try attributes(states)
    let presences = try logits.narrowed(1, 0..<SceneAttributes.presenceCount)
    var loss = try 8 * presences.binaryCrossEntropy(targets.presences)
    var start = SceneAttributes.presenceCount
    for (count, classes) in zip(SceneAttributes.classCounts, targets.classes) {
      loss = try loss + logits.narrowed(1, start..<start + count).crossEntropy(classes)
      start += count
    }
    return loss
  }

  /// The mean cross entropy of the kind of figure on each patch.
  ///
  /// - Parameter states: of right pictures, the class token's first, `[B, N, W]`.
  func kindLoss(_ states: Tensor, _ targets: SceneAttributes) throws -> Tensor {
    try kinds(states.narrowed(1, 1..<states.shape[1])).crossEntropy(targets.kinds)
  }

  /// The mean squared error of qualities, in units of 10.
  ///
  /// - Parameters:
  ///   - embeddings: of any pictures, `[N, D]`, of length 1.
  ///   - qualities: 1…10, `[N, 1]`.
  func qualityLoss(_ embeddings: Tensor, _ qualities: Tensor) throws -> Tensor {
    // Embeddings of length 1 have small elements: the factor lets ordinary weights reach 0…1.
    let found = try quality(embeddings * Double(embeddings.shape[1]).squareRoot())
    let error = try found - qualities / 10
    return try (error * error).mean()
  }
}
