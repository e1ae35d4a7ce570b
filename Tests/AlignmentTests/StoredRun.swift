import Alignment
import CLIPReward
import Imaging
import RAFT
import Recipes
import RunStore
import TestSupport
import Torch

/// A run that no model made: its ledger, and no image at all, so that nothing can be decoded.
struct StoredRun {
  /// What the run's own scores depend on.
  static let passport = RewardPassport(reward: "dice", facts: ["faces": "6"])

  var recipe = Recipe()
  /// The run's own judgements, prompt by prompt, round by round.
  var judgements: [[[Judgement]]]
  /// Divergences of the same samples from round 2 on; nil for a run that measured none.
  var divergences: [[[Double]]]?
  /// The image's vector of a sample, and the model of it.
  var embedding: (model: String, vector: (SampleAddress) -> [Float])?

  /// A run of one round of these scores, the best of each prompt selected.
  init(_ scores: [[Double]]...) {
    judgements = scores.map { round in round.map { prompt in prompt.map { .score($0) } } }
    recipe.name = "dice"
    recipe.model = "no-model"
    recipe.prompts.train = (scores.first ?? []).indices.map { "prompt \($0)" }
    recipe.rounds.count = scores.count
    recipe.rounds.samplesPerPrompt = scores.first?.first?.count ?? 1
    recipe.reward.terms = ["dice"]
  }

  /// Writes the run for `body`, which gets it open to read from.
  func withRun(_ body: (RunDirectory) throws -> Void) throws {
    try withTemporaryFolder { folder in
      let run = try RunDirectory.create(at: "\(folder)/run")
      try run.write(recipe: recipe.yaml())
      let passport = Self.passport.fingerprint
      try run.ledger.setFact("reward_passport", passport)
      for (place, round) in judgements.enumerated() {
        try write(round, number: place + 1, to: run.ledger, passport)
      }
      try run.ledger.close()
      try body(RunDirectory.read("\(folder)/run"))
    }
  }

  private func write(
    _ round: [[Judgement]], number: Int, to ledger: RunLedger, _ passport: String
  ) throws {
    let judged = round.enumerated().flatMap { prompt, judgements in
      judgements.enumerated().map { index, judgement in
        (SampleAddress(round: number, prompt: prompt, index: index), judgement)
      }
    }
    let adapter = number == 1 ? SampleFacts.base : "adapter \(number - 1)"
    try ledger.record(
      samples: judged.map { address, _ in
        SampleRow(
          SampleFacts(
            address, prompt: recipe.prompts.train[address.prompt], seed: UInt64(address.index),
            sampler: "none", width: 8, height: 8, adapter: adapter),
          batch: 0,
          .made(image: StoredFile(path: "\(address).png", digest: "\(address)"), latents: nil))
      })
    try ledger.record(
      scores: judged.map { ScoreRow($0, reward: "reward", passport: passport, $1) },
      by: [PassportRow(fingerprint: passport, content: Self.passport.canonicalJSON)])
    if let embedding {
      try ledger.record(
        embeddings: judged.map { address, _ in
          EmbeddingRow(address, model: embedding.model, embedding.vector(address))
        })
    }
    if let divergences, number > 1 {
      try ledger.record(
        divergences: judged.map { address, _ in
          let value = divergences[number - 2][address.prompt][address.index]
          return DivergenceRow(address, adapter: adapter, value)
        })
    }
    try ledger.record(selection: selection(judged, number))
    for stage in [RunStage.sample, .score, .select] { try ledger.finish(stage, round: number) }
    try ledger.record(
      tuning: TuningRow(
        round: number, adapter: "adapter \(number)", checkpoint: "none", TuningReport(steps: 0)))
  }

  private func selection(_ judged: [(SampleAddress, Judgement)], _ round: Int) -> RoundSelection {
    let choice = recipe.selection.choice(
      among: judged.map { RankedCandidate(address: $0, key: $1.score) },
      seeds: RunSeeds(run: recipe.seed), round: round)
    let ranks = Dictionary(uniqueKeysWithValues: zip(choice.selected, 0...))
    let reasons = choice.reasons
    return RoundSelection(
      round: round, rule: recipe.selection.description,
      judged.map { address, judgement in
        SelectionRow(
          round: round, address, rank: ranks[address], key: judgement.score,
          reason: reasons[address]?.description ?? "selected")
      })
  }
}

/// A reward that knows the scores of images by their names.
struct KnownReward: ImageReward {
  let passport = RewardPassport(reward: "known", facts: [:])
  let readsPrompts = false
  let score: @Sendable (String) -> Double

  func outcomes(for inputs: [RewardInput]) -> [RewardOutcome] {
    inputs.map { .score(score($0.name)) }
  }
}

/// A model that can embed nothing: all vectors must be there.
final class NoModel: EmbeddingModel {
  let name = "no-model"
  let width = 4
  let facts = ["clip_sha256": "00"]
  let logitScale: Double? = nil
  let patchSize: Int? = nil

  func imageEmbeddings(of images: [RGBImage]) throws -> Tensor {
    throw RewardError.cache(name, reason: "an image is embedded")
  }

  func textEmbeddings(of texts: [String]) throws -> Tensor {
    throw RewardError.cache(name, reason: "a text is embedded")
  }
}
