internal import CLIPReward
internal import RAFT
internal import RunStore

/// Judges a run's stored samples and writes nothing.
///
/// What the ledger knows is taken from there: scores of a passport that the run scored by, under
/// whatever role, and embeddings of the same CLIP. An image is decoded only where neither is there.
final class StoredJudging {
  private let rewards: RunRewards
  private let directory: RunDirectory
  private let control: RunControl
  private let files = ImageFiles()

  /// Samples scored between two looks at what the user wants.
  private static let batch = 16

  init(_ rewards: RunRewards, _ directory: RunDirectory, _ control: RunControl) {
    self.rewards = rewards
    self.directory = directory
    self.control = control
  }

  /// How many images have been decoded so far.
  var decodedCount: Int { files.decodedCount }

  /// Judges samples of one round, in their order: mixtures and floors are taken over all of them.
  ///
  /// - Parameter refusals: why samples are not judged; a sample without an entry, but nil, may be
  ///   judged, and one without any is looked at first, as the run would.
  func judgements(of rows: [SampleRow], refusals known: [SampleAddress: String?]) throws
    -> [Judgement]
  {
    let judge = rewards.judge
    let refusals = try refusals(of: rows, known, judge)
    let open = rows.filter { refusals[$0.address] == nil }
    let columns = try judge.components.map { component in
      let judgements = try judgements(of: open, by: component)
      return ScoreColumn(component, of: rows, refusals: refusals) { judgements[$0] }
    }
    return try judge.judgements(of: columns, prompts: rows.map(\.facts.prompt))
  }

  private func refusals(
    of rows: [SampleRow], _ known: [SampleAddress: String?], _ judge: Judge
  ) throws -> [SampleAddress: String] {
    var refusals = known.compactMapValues { $0 }
    for row in rows {
      if let reason = row.failure { refusals[row.address] = "failed: \(reason)" }
    }
    let unseen = rows.filter { $0.failure == nil && known[$0.address] == nil }
    let imageGuard = ImageGuard(readsPrompts: judge.readsPrompts)
    for (row, reason) in zip(unseen, try imageGuard.check(unseen.map(input))) {
      if let reason { refusals[row.address] = "\(reason.kind): \(reason)" }
    }
    return refusals
  }

  private func judgements(of rows: [SampleRow], by component: Judge.Component) throws
    -> [SampleAddress: Judgement]
  {
    var judgements = try stored(rows, by: component)
    let missing = rows.filter { judgements[$0.address] == nil }
    let vectors = try embeddings(of: missing)
    for start in stride(from: 0, to: missing.count, by: Self.batch) {
      if control.shouldStop() { throw RerankError.interrupted }
      let chunk = missing[start..<min(start + Self.batch, missing.count)]
      control.tell(
        .progress(
          RunProgress(
            round: chunk[start].address.round, what: "scoring \(component.name)", unit: "image",
            done: start, total: missing.count)))
      let inputs = chunk.map(input)
      for (row, input) in zip(chunk, inputs) {
        if let vector = vectors[row.address] { rewards.embedder?.remember(vector, of: input) }
      }
      for (row, outcome) in zip(chunk, try component.reward.outcomes(for: inputs)) {
        judgements[row.address] = Judgement(outcome)
      }
    }
    return judgements
  }

  /// What the run itself found by the same measure.
  private func stored(_ rows: [SampleRow], by component: Judge.Component) throws
    -> [SampleAddress: Judgement]
  {
    guard let first = rows.first?.address else { return [:] }
    let asked = Set(rows.map(\.address))
    var judgements: [SampleAddress: Judgement] = [:]
    for role in Scorer.Role.allCases {
      let scores = try directory.ledger.scores(
        first.split, round: first.round, reward: Scorer.name(component, role),
        passport: component.reward.passport.fingerprint)
      for score in scores where asked.contains(score.address) {
        judgements[score.address] = score.judgement
      }
    }
    return judgements
  }

  private func embeddings(of rows: [SampleRow]) throws -> [SampleAddress: [Float]] {
    guard let embedder = rewards.embedder, let first = rows.first?.address else { return [:] }
    let known = try directory.ledger.embeddings(
      first.split, round: first.round, model: embedder.modelDigest)
    return Dictionary(known.map { ($0.address, $0.vector) }) { first, _ in first }
  }

  private func input(_ row: SampleRow) -> RewardInput {
    // What failed is refused before; a file that is gone says so when it is read.
    let image = row.image ?? StoredFile(path: "\(row.address)", digest: "")
    return files.input(
      directory.paths.path(image.path), name: image.path, digest: image.digest,
      prompt: row.facts.prompt, metadata: ["seed": String(row.facts.seed)])
  }
}
