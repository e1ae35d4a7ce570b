internal import CLIP
internal import Files
internal import NN
internal import RAFT
internal import Shapes
internal import Torch

/// Trains the text tower on captions alone: from the state of a caption's end, classifiers that only
/// training has must read what the caption says, and which colour, shape and place belong together.
///
/// It then stays as it is, while the dual encoder's other half learns to meet it (Zhai et al. 2022,
/// arXiv 2111.07991), so that the denoiser may be trained on it meanwhile.
struct TextTowerTraining {
  /// What files call the part.
  static let name = "text-tower"

  /// The part's numbers.
  let settings: TextTowerSettings

  /// The seed of the whole model.
  let seed: UInt64

  /// Where everything is kept.
  let work: WorkFolder

  /// All that the course's result follows from.
  private struct Recipe: Encodable {
    let settings: TextTowerSettings
    let vocabulary: String
  }

  /// Takes the steps that are left, and saves the tower and the vocabulary.
  func run() throws {
    let vocabulary = WordVocabulary(CaptionGrammar.words, contextLength: settings.positions)
    let card = TextTowerCard(settings, vocabulary).whole
    let weights = Weights(seed: seed)
    let transformer = try TextTransformer(
      weights["text_model"],
      TextConfiguration(ConfigurationFile(card, path: "the text tower's settings")))
    let parameters = try weights.thawed()
    let probes = try CaptionFacts.classCounts.enumerated().map { index, count in
      try Linear(weights["probes"][index], from: settings.blocks.width, to: count)
    }
    let course = try Course(
      Self.name, settings.course,
      recipe: Recipe(settings: settings, vocabulary: vocabulary.digest), seed: seed,
      parameters: parameters + weights["probes"].thawed(), in: work.path)
    let result = PartResult(name: Self.name, folder: work.textEncoder, work: work)
    try result.makeRoom(for: course)
    // Not before the course is known to be this one: others need the vocabulary that they began with.
    try vocabulary.write(to: work.tokenizer)
    let tower = try TextTower(
      transformer, tokenizerFolder: work.tokenizer, device: weights.placement.device)
    let grammar = CaptionGrammar(vagueness: settings.vagueness)
    let sampler = SceneSampler()
    let last = try course.run { _, draws in
      let captions = (0..<settings.course.batch).map { _ in
        grammar.caption(of: sampler.scene(using: &draws.choices), using: &draws.choices)
      }
      let facts = try CaptionFacts(captions.map { try Request(parsing: $0) })
      let states = try tower(captions)
      return try Tensor.stacked(
        zip(probes, facts.classes).map { try $0(states).crossEntropy($1) }
      ).mean()
    }
    let count = parameters.reduce(0) { $0 + $1.tensor.count }
    try result.keep(PartRecord(last, parameters: count, measured: [:])) { folder in
      try folder.write(configuration: card, parameters)
    }
  }
}
