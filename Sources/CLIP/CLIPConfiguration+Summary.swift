internal import NN

extension CLIPConfiguration {
  /// All sizes, functions and constants that the towers compute with, in words. Equal words mean
  /// equal embeddings of equal weights, so passports carry their digest.
  public var summary: String {
    let end =
      switch endOfText {
      case .largestID: "the largest id"
      case .first(let id): "id \(id)"
      }
    return [
      "vision: width \(vision.width), inside \(vision.intermediateWidth), "
        + "layers \(vision.layers), heads \(vision.heads), image \(vision.imageSize), "
        + "patch \(vision.patchSize), activation \(vision.activation.rawValue), "
        + "epsilon \(vision.normEpsilon)",
      text.map { text in
        "text: vocabulary \(text.vocabularySize), width \(text.width), "
          + "inside \(text.intermediateWidth), layers \(text.layers), heads \(text.heads), "
          + "positions \(text.positions), activation \(text.activation.rawValue), "
          + "epsilon \(text.normEpsilon), embedding at \(end)"
      } ?? "no text tower",
      "projection: \(projectionWidth)",
    ].joined(separator: "; ")
  }
}
