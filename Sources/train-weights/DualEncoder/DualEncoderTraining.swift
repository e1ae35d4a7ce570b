internal import CLIP
internal import Files
internal import Foundation
internal import NN
internal import Torch

/// Trains the dual encoder on renders and captions (Radford et al. 2021), against captions that are
/// wrong in one point and pictures that are spoilt.
struct DualEncoderTraining {
  /// What files call the part.
  static let name = "dual-encoder"

  /// The part's numbers.
  let settings: DualEncoderSettings

  /// The seed of the whole model.
  let seed: UInt64

  /// Where everything is kept.
  let work: WorkFolder

  /// All that the course's result follows from.
  private struct Recipe: Encodable {
    let settings: DualEncoderSettings
    let textEncoder: String
  }

  /// Takes the steps that are left, and saves the dual encoder.
  func run() throws {
    let weights = Weights(seed: seed)
    let model = try DualEncoder(settings, weights, work)
    let probes = try AttributeProbes(
      weights["probes"], width: settings.vision.width,
      textWidth: model.configuration.text?.width ?? 0,
      embeddingWidth: settings.projectionWidth)
    let recipe = Recipe(
      settings: settings, textEncoder: try Digest.sha256(ofFile: work.textEncoder.weightFile))
    let course = try Course(
      Self.name, settings.course, recipe: recipe, seed: seed,
      parameters: model.parameters + weights["probes"].thawed(), in: work.path)
    let result = PartResult(name: Self.name, folder: work.dualEncoder, work: work)
    try result.makeRoom(for: course)
    let examples = DualEncoderExamples(settings, model.preprocessor)
    let last = try course.run { step, draws in
      let batch = try examples.batch(step, using: &draws.choices)
      return try loss(of: model, probes, batch)
    }
    let count = model.parameters.reduce(0) { $0 + $1.tensor.count }
    try result.keep(PartRecord(last, parameters: count, measured: [:]), write: model.write)
  }

  /// The mean of both cross entropies, of the caption among captions and of the picture among
  /// pictures, and what the probes miss.
  private func loss(of model: DualEncoder, _ probes: AttributeProbes, _ batch: DualEncoderBatch)
    throws -> Tensor
  {
    let count = batch.captions.count
    let images = try model.images(batch.pixels)
    let (textStates, texts) = try model.texts(batch.captions + batch.wrongCaptions)
    let factor = try model.cosineFactor()
    let right = try factor * images.embeddings.narrowed(0, 0..<count)
    let spoilt = try images.embeddings.narrowed(0, count..<images.embeddings.shape[0])
    let captions = try texts.narrowed(0, 0..<count)
    let wrong = try texts.narrowed(0, count..<3 * count)
      .reshaped([2, count, texts.shape[1]])

    let similarities = try right.matmul(captions.transposed(0, 1)) + batch.captionMask
    let toWrong = try (right * wrong).sum(along: [2]).transposed(0, 1) + batch.wrongMask
    let toSpoilt = try factor * captions.matmul(spoilt.transposed(0, 1))
    let ofCaptions = try matching(.concatenated([similarities, toWrong], along: 1))
    let ofPictures = try matching(
      .concatenated([similarities.transposed(0, 1), toSpoilt], along: 1))

    let attributes = try probes.attributeLoss(
      images.states.narrowed(0, 0..<count), images.pooled.narrowed(0, 0..<count), batch.attributes)
    let kinds = try probes.captionLoss(textStates, batch.captionKinds)
    let quality = try probes.qualityLoss(images.embeddings, batch.qualities)
    return try (ofCaptions + ofPictures) / 2 + settings.probeWeight * (attributes + kinds)
      + settings.qualityWeight * quality
  }

  /// The cross entropy of the first columns, each right in its row, from `[B, B + …]`.
  private func matching(_ logits: Tensor) throws -> Tensor {
    try logits.crossEntropy(.oneHot(Array(0..<logits.shape[0]), count: logits.shape[1]))
  }
}
