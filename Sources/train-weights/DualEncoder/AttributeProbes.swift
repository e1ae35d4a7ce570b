internal import NN
internal import Torch

/// Classifiers that only training has: what they must read off the states of pictures and captions is
/// learnt several times as fast as from pairs of these alone, above all shapes, and which colour
/// belongs to which.
final class AttributeProbes {
  private let presences: [Linear]
  private let classes: [Linear]
  private let patchClasses: [Linear]
  private let captionKinds: Linear
  private let quality: Linear

  /// What the cross entropies of pairs, shapes and colours that are there weigh.
  private static let presenceWeights = [4.0, 4, 2]

  /// What the cross entropies of shapes, colours and pairs of patches weigh.
  private static let patchWeights = [2.0, 1, 1]

  /// What the cross entropy of pairs that a caption names weighs.
  private static let captionWeight = 4.0

  /// - Parameters:
  ///   - width: of the vision tower's states, `D`.
  ///   - textWidth: of the text tower's.
  ///   - embeddingWidth: of the embeddings, `E`.
  init(_ weights: Weights, width: Int, textWidth: Int, embeddingWidth: Int) throws {
    func probes(_ name: String, _ counts: [Int]) throws -> [Linear] {
      try counts.enumerated().map { index, count in
        try Linear(weights[name][index], from: width, to: count)
      }
    }
    presences = try probes("presences", SceneAttributes.presenceCounts)
    classes = try probes("classes", SceneAttributes.classCounts)
    patchClasses = try probes("patches", SceneAttributes.patchClassCounts)
    captionKinds = try Linear(
      weights["captions"], from: textWidth, to: SceneAttributes.presenceCounts[0])
    quality = try Linear(weights["quality"], from: embeddingWidth, to: 1)
  }

  /// What is missed of what is to be seen in right pictures.
  ///
  /// - Parameters:
  ///   - states: the class token's, then the patches', `[B, N + 1, D]`.
  ///   - pooled: the class token's, normalised, `[B, D]`.
  func attributeLoss(_ states: Tensor, _ pooled: Tensor, _ targets: SceneAttributes) throws
    -> Tensor
  {
    let patches = try states.narrowed(1, 1..<states.shape[1])
    var losses: [Tensor] = []
    for (index, weight) in Self.presenceWeights.enumerated() {
      let loss = try presences[index](pooled).binaryCrossEntropy(targets.presences[index])
      losses.append(try weight * loss)
    }
    for (probe, targets) in zip(classes, targets.classes) {
      losses.append(try probe(pooled).crossEntropy(targets))
    }
    for (index, weight) in Self.patchWeights.enumerated() {
      let loss = try patchClasses[index](patches).crossEntropy(targets.patchClasses[index])
      losses.append(try weight * loss)
    }
    return try Tensor.stacked(losses).sum()
  }

  /// What is missed of the pairs of a shape and a colour that captions name.
  ///
  /// - Parameters:
  ///   - states: of the captions' ends, normalised, `[N, D]`.
  ///   - kinds: 1 for each pair that is named, else 0, `[N, 36]`.
  func captionLoss(_ states: Tensor, _ kinds: Tensor) throws -> Tensor {
    try Self.captionWeight * captionKinds(states).binaryCrossEntropy(kinds)
  }

  /// The mean squared error of qualities, in units of 10.
  ///
  /// - Parameters:
  ///   - embeddings: of any pictures, `[N, E]`, of length 1.
  ///   - qualities: 1…10, `[N, 1]`.
  func qualityLoss(_ embeddings: Tensor, _ qualities: Tensor) throws -> Tensor {
    // Embeddings of length 1 have small elements: the factor lets ordinary weights reach 0…1.
    let found = try quality(embeddings * Double(embeddings.shape[1]).squareRoot())
    let error = try found - qualities / 10
    return try (error * error).mean()
  }
}
