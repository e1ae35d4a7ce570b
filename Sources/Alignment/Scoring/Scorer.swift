internal import CLIPReward
internal import Foundation
internal import Imaging
internal import RAFT
internal import RunStore

/// Scores a run's samples and keeps in the ledger what it finds: nothing is scored twice.
final class Scorer {
  /// What a score is for.
  enum Role: String {
    /// Samples are ranked by it.
    case reward
    /// It is watched, and nothing is decided by it.
    case watch
  }

  private let rewards: RunRewards
  private let directory: RunDirectory
  private let control: RunControl

  /// Samples embedded and scored between two looks at what the user wants.
  private let batch: Int

  private var ledger: RunLedger { directory.ledger }

  init(_ rewards: RunRewards, _ directory: RunDirectory, _ control: RunControl, batch: Int) {
    self.rewards = rewards
    self.directory = directory
    self.control = control
    self.batch = batch
  }

  /// What scores in a role; nil where nothing is watched.
  func judge(_ role: Role) -> Judge? { role == .reward ? rewards.judge : rewards.watch }

  /// Judges samples that belong together, in their order: mixtures, duplicates and floors are
  /// taken over all of them.
  func judgements(of rows: [SampleRow], in role: Role) throws -> [Judgement] {
    guard let judge = judge(role) else { return rows.map { _ in .excluded("nothing is watched") } }
    let passport = judge.passport
    let known = try ledger.scores(
      at: rows.map(\.address), reward: role.rawValue, passport: passport.fingerprint)
    let remembered = rows.compactMap { known[$0.address]?.judgement }
    guard remembered.count < rows.count else { return remembered }
    let refusals = try refusals(of: rows, judge)
    try score(rows.filter { refusals[$0.address] == nil }, judge, role)
    let columns = try columns(of: rows, judge, role, refusals)
    let outcomes =
      try judge.mixture?.outcomes(of: columns, prompts: rows.map(\.facts.prompt))
      ?? columns[0].outcomes
    let judgements = outcomes.map(Judgement.init)
    try ledger.record(
      scores: zip(rows, judgements).map {
        ScoreRow(
          $0.address, reward: role.rawValue, passport: passport.fingerprint, $1)
      }, by: [PassportRow(passport)])
    return judgements
  }

  /// The scores of each component, sample by sample; nil for those without one.
  func components(of rows: [SampleRow], in role: Role) throws -> [[Double?]] {
    guard let judge = judge(role) else { return [] }
    return try judge.components.map { component in
      let known = try ledger.scores(
        at: rows.map(\.address), reward: Self.name(component, role),
        passport: component.reward.passport.fingerprint)
      return rows.map { known[$0.address]?.judgement.score }
    }
  }

  /// The samples' embeddings, L2-normalised; nil for those without one, and for all without a CLIP.
  func embeddings(of rows: [SampleRow]) throws -> [[Float]?] {
    guard let embedder = rewards.embedder else { return rows.map { _ in nil } }
    let known = try ledger.embeddings(at: rows.map(\.address), model: embedder.modelDigest)
    return rows.map { known[$0.address]?.vector }
  }

  // MARK: One pass over what is not scored yet

  /// Why samples cannot be scored: they failed, or are black, flat or copies.
  private func refusals(of rows: [SampleRow], _ judge: Judge) throws -> [SampleAddress: String] {
    var refusals: [SampleAddress: String] = [:]
    for row in rows {
      if let reason = row.failure { refusals[row.address] = "failed: \(reason)" }
    }
    let made = rows.filter { refusals[$0.address] == nil }
    let guarded = ImageGuard(readsPrompts: judge.readsPrompts)
    for (row, reason) in zip(made, try guarded.check(made.map(input))) {
      if let reason { refusals[row.address] = "\(reason.kind): \(reason)" }
    }
    return refusals
  }

  private func score(_ rows: [SampleRow], _ judge: Judge, _ role: Role) throws {
    guard let first = rows.first?.address else { return }
    func tell(_ done: Int) {
      control.tell(
        .progress(
          RunProgress(
            round: first.round, what: "scoring \(first.split.rawValue)", unit: "image", done: done,
            total: rows.count)))
    }
    for start in stride(from: 0, to: rows.count, by: batch) {
      try control.check("while scoring; what is scored is kept")
      let chunk = Array(rows[start..<min(start + batch, rows.count)])
      tell(start)
      try embed(chunk)
      for component in judge.components { try score(chunk, component, role) }
    }
    tell(rows.count)
  }

  /// Embeds what is not embedded yet.
  func embed(_ rows: [SampleRow]) throws {
    guard let embedder = rewards.embedder else { return }
    let known = try ledger.embeddings(at: rows.map(\.address), model: embedder.modelDigest)
    let missing = rows.filter { known[$0.address] == nil && $0.image != nil }
    guard !missing.isEmpty else { return }
    let found = zip(missing, try embedder.embeddings(of: missing.map(input)))
    try ledger.record(
      embeddings: found.compactMap { row, embedding in
        guard case .vector(let vector) = embedding else { return nil }
        return EmbeddingRow(row.address, model: embedder.modelDigest, vector)
      })
  }

  private func score(_ rows: [SampleRow], _ component: Judge.Component, _ role: Role) throws {
    let (name, passport) = (Self.name(component, role), component.reward.passport)
    let known = try ledger.scores(
      at: rows.map(\.address), reward: name, passport: passport.fingerprint)
    let missing = rows.filter { known[$0.address] == nil }
    guard !missing.isEmpty else { return }
    let outcomes = try component.reward.outcomes(for: missing.map(input))
    try ledger.record(
      scores: zip(missing, outcomes).map { row, outcome in
        try ScoreRow(
          row.address, reward: name, passport: passport.fingerprint, Judgement(outcome),
          details: outcome.details())
      }, by: [PassportRow(passport)])
  }

  private func columns(
    of rows: [SampleRow], _ judge: Judge, _ role: Role, _ refusals: [SampleAddress: String]
  ) throws -> [ScoreColumn] {
    try judge.components.map { component in
      let passport = component.reward.passport
      let known = try ledger.scores(
        at: rows.map(\.address), reward: Self.name(component, role),
        passport: passport.fingerprint)
      return ScoreColumn(
        name: component.name, passport: passport,
        outcomes: rows.map { row in
          if let reason = refusals[row.address] { return .excluded(.failed(reason)) }
          return switch known[row.address]?.judgement {
          case .score(let value)?: .score(value)
          case .excluded(let reason)?: .excluded(.failed(reason))
          case nil: .excluded(.failed("failed: it was not scored"))
          }
        })
    }
  }

  /// What the ledger calls a component's scores.
  private static func name(_ component: Judge.Component, _ role: Role) -> String {
    "\(role.rawValue)/\(component.name)"
  }

  private func input(_ row: SampleRow) -> RewardInput {
    // What failed is refused before; a file that is gone says so when it is read.
    let image = row.image ?? StoredFile(path: "\(row.address)", digest: "")
    let path = directory.paths.path(image.path)
    return RewardInput(
      name: image.path, path: path, prompt: row.facts.prompt, digest: image.digest,
      metadata: ["seed": String(row.facts.seed)], image: { try ImageFile.read(path) })
  }
}

extension PassportRow {
  /// The ledger's row of `passport`.
  fileprivate init(_ passport: RewardPassport) {
    self.init(fingerprint: passport.fingerprint, content: passport.canonicalJSON)
  }
}

extension RewardOutcome {
  /// What else a reward told, as a JSON object in one spelling.
  fileprivate func details() throws -> String {
    guard case .score(_, let details) = self, !details.isEmpty else { return "{}" }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(details), as: UTF8.self)
  }
}

extension Judgement {
  /// What became of an image.
  fileprivate init(_ outcome: RewardOutcome) {
    switch outcome {
    case .score(let value, _) where value.isFinite: self = .score(value)
    case .score(let value, _): self = .excluded("the score is \(value)")
    case .excluded(.failed(let reason)): self = .excluded(reason)
    case .excluded(let reason): self = .excluded("\(reason.kind): \(reason)")
    }
  }
}
