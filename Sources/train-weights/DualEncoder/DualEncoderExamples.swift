internal import CLIP
internal import Imaging
internal import RAFT
internal import Shapes
internal import Torch

/// Draws what the dual encoder learns from.
struct DualEncoderExamples {
  private let settings: DualEncoderSettings
  private let preprocessor: ImagePreprocessor
  private let easyScenes: EasyScenes
  private let siblings = SceneSiblings()
  private let negatives: HardNegatives
  private let renderers: [SceneRenderer]

  /// Added to a similarity that is to count for nothing.
  private static let excluded: Float = -1e4

  /// Examples that are prepared by `preprocessor`.
  init(_ settings: DualEncoderSettings, _ preprocessor: ImagePreprocessor) {
    (self.settings, self.preprocessor) = (settings, preprocessor)
    negatives = HardNegatives(grammar: CaptionGrammar(vagueness: settings.vagueness))
    easyScenes = EasyScenes(pairShare: settings.pairShare)
    renderers = settings.pictureSizes.map { SceneRenderer(size: $0) }
  }

  /// The batch of step `step`, counted from 0.
  func batch(_ step: Int, using random: inout SplitMix64) throws -> DualEncoderBatch {
    let count = settings.course.batch
    let scenes = scenes(count, at: step, using: &random)
    let captions = try scenes.map { try nearMisses(of: $0, using: &random) }
    var images = scenes.map { scene in
      slightlyChanged(rendered(scene, using: &random), using: &random)
    }
    var qualities = scenes.map { Quality(of: $0) }
    for scene in scenes.prefix(Int(settings.spoiltShare * Double(count))) {
      let spoilt = SpoiltPicture(of: scene, using: &random) { rendered($0, using: &$1) }
      images.append(slightlyChanged(spoilt.image, using: &random))
      qualities.append(spoilt.quality)
    }
    let right = captions.map(\.right)
    let wrong = captions.map { $0.first ?? $0.right } + captions.map { $0.second ?? $0.right }
    return DualEncoderBatch(
      pixels: try .stacked(images.map(preprocessor.pixels)),
      captions: right, wrongCaptions: wrong,
      captionKinds: try SceneAttributes.kinds(
        named: (right + wrong).map { try Request(parsing: $0) }),
      captionMask: try mask(right, scenes),
      wrongMask: try Tensor(
        captions.flatMap { [$0.first, $0.second].map { $0 == nil ? Self.excluded : 0 } },
        shape: [count, 2]),
      attributes: try SceneAttributes(
        of: scenes, patches: settings.imageSize / settings.patchSize),
      qualities: try Tensor(qualities.map { Float($0.value) }, shape: [qualities.count, 1]))
  }

  /// Some scenes, and others with one thing changed, so that a batch is hard to tell apart; easy
  /// ones at first.
  private func scenes(_ count: Int, at step: Int, using random: inout SplitMix64) -> [Scene] {
    let progress = min(Double(step) / Double(max(settings.easySteps, 1)), 1)
    let pairs = Int(settings.siblingShare * progress * Double(count) / 2)
    var scenes = (0..<count - pairs).map { _ in
      easyScenes.scene(progress: progress, using: &random)
    }
    for index in 0..<pairs { scenes.append(siblings.sibling(of: scenes[index], using: &random)) }
    return random.shuffled(scenes)
  }

  private typealias NearMisses = (right: String, first: String?, second: String?)

  /// A caption, and up to two that are wrong in one point.
  private func nearMisses(of scene: Scene, using random: inout SplitMix64) throws -> NearMisses {
    let captions = try negatives.captions(of: scene, using: &random)
    let other = siblings.recounted(scene, using: &random)
    let recounted = negatives.grammar.caption(of: other, using: &random)
    return (captions.right, captions.swapped, captions.exchanged ?? recounted)
  }

  private func rendered(_ scene: Scene, using random: inout SplitMix64) -> RGBImage {
    random.element(of: renderers).image(of: scene)
  }

  /// What an embedding is to overlook: a little blur, noise, and another brightness.
  private func slightlyChanged(_ image: RGBImage, using random: inout SplitMix64) -> RGBImage {
    var image = image
    if random.unit() < 0.4 { image = image.blurred(by: 1 + 0.8 * random.unit()) }
    if random.unit() < 0.4 { image = image.brightened(by: 0.92 + 0.16 * random.unit()) }
    if random.unit() < 0.2 { image = image.noisy(deviation: 6 * random.unit(), using: &random) }
    return image
  }

  /// See ``DualEncoderBatch/captionMask``.
  private func mask(_ captions: [String], _ scenes: [Scene]) throws -> Tensor {
    let requests = try captions.map { try Request(parsing: $0) }
    let mask = scenes.indices.flatMap { row in
      requests.indices.map { column in
        row != column && requests[column].isFulfilled(by: scenes[row]) ? Self.excluded : 0
      }
    }
    return try Tensor(mask, shape: [scenes.count, captions.count])
  }
}
