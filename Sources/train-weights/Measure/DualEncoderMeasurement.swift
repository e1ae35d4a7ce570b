internal import CLIP
internal import Imaging
internal import RAFT
internal import Shapes
internal import Torch

/// How well a finished dual encoder tells right captions from wrong ones, and right pictures from
/// spoilt ones, on scenes that training did not see.
struct DualEncoderMeasurement {
  /// The share of pictures that are nearer to their caption than to that of another scene; nil, as
  /// everywhere here, where there is no such pair of captions.
  let mismatch: Double?

  /// The share of pictures that are nearer to their caption than to the same one with one colour or
  /// shape exchanged for another.
  let swapped: Double?

  /// The share of pictures that are nearer to their caption than to the same one with the colours of
  /// two figures exchanged.
  let exchanged: Double?

  /// The share of pictures that are nearer to their caption than to that of the scene with one figure
  /// more or fewer.
  let recounted: Double?

  /// The share of captions that are nearer to their picture than to one of the scene in disorder.
  let disordered: Double?

  /// Measures `model` on pictures of `count` scenes, `size` pixels along an edge.
  init(_ model: CLIPModel, count: Int, size: Int, seed: UInt64) throws {
    var random = SplitMix64(seed: RunSeeds(run: seed).seed("measure.dual-encoder", 0))
    let (sampler, siblings) = (SceneSampler(), SceneSiblings())
    let negatives = HardNegatives(grammar: CaptionGrammar(vagueness: 0))
    let renderer = SceneRenderer(size: size)
    let scenes = (0..<count).map { _ in sampler.scene(using: &random) }
    let captions = try scenes.map { try negatives.captions(of: $0, using: &random) }
    let requests = try captions.map { try Request(parsing: $0.right) }
    let recounts = scenes.map { scene in
      let other = siblings.recounted(scene, using: &random)
      return negatives.grammar.caption(of: other, using: &random)
    }
    let disorders = scenes.map { scene in
      random.element(of: Disorder.allCases).applied(to: scene, using: &random)
    }
    let pictures = try Self.embeddings(of: scenes, renderer, model)
    let spoilt = try Self.embeddings(of: disorders, renderer, model)
    let right = try Self.embeddings(of: captions.map(\.right), model)

    /// How often the first of a pair of numbers is the larger; nil where there is no pair.
    func share(_ pairs: [(Double, Double)]) -> Double? {
      guard !pairs.isEmpty else { return nil }
      return Double(pairs.filter { $0.0 > $0.1 }.count) / Double(pairs.count)
    }
    /// The share of pictures that are nearer to their caption than to another one, where there is.
    func share(against others: [String?]) throws -> Double? {
      let places = others.indices.filter { others[$0] != nil }
      let wrong = try Self.embeddings(of: others.compactMap(\.self), model)
      return share(
        zip(places, wrong).map {
          (Self.cosine(pictures[$0], right[$0]), Self.cosine(pictures[$0], $1))
        })
    }
    var mismatches: [(Double, Double)] = []
    for place in scenes.indices {
      let other = random.index(below: count)
      guard !requests[other].isFulfilled(by: scenes[place]) else { continue }
      mismatches.append(
        (
          Self.cosine(pictures[place], right[place]), Self.cosine(pictures[place], right[other])
        ))
    }
    mismatch = share(mismatches)
    swapped = try share(against: captions.map(\.swapped))
    exchanged = try share(against: captions.map(\.exchanged))
    recounted = try share(against: recounts)
    disordered = share(
      scenes.indices.map {
        (Self.cosine(right[$0], pictures[$0]), Self.cosine(right[$0], spoilt[$0]))
      })
  }

  /// The figures, with what the project asks for.
  var lines: [Figures.Line] {
    [
      .init(
        key: "mismatch", name: "caption against another's", value: mismatch, target: 0.95),
      .init(key: "swapped", name: "one attribute swapped", value: swapped, target: 0.85),
      .init(key: "exchanged", name: "two colours exchanged", value: exchanged, target: 0.75),
      .init(key: "recounted", name: "one figure more or fewer", value: recounted),
      .init(key: "disordered", name: "picture against one in disorder", value: disordered),
    ]
  }

  private static let batch = 100

  private static func embeddings(
    of scenes: [Scene], _ renderer: SceneRenderer, _ model: CLIPModel
  ) throws -> [[Float]] {
    try scenes.batches(of: batch).flatMap { scenes in
      let images = scenes.map(renderer.image)
      return try model.imageEmbeddings(.stacked(images.map(model.preprocessor.pixels))).rows()
    }
  }

  private static func embeddings(of captions: [String], _ model: CLIPModel) throws -> [[Float]] {
    try captions.batches(of: batch).flatMap { try model.textEmbeddings(Array($0)).rows() }
  }

  private static func cosine(_ one: [Float], _ other: [Float]) -> Double {
    zip(one, other).reduce(0) { $0 + Double($1.0) * Double($1.1) }
  }
}
