internal import CLIPReward

/// An image while its scores are gathered.
struct ScoredImage {
  let path: String
  private(set) var prompt: String?
  private(set) var digest: String?
  private(set) var outcomes: [String: RewardOutcome] = [:]

  /// The score that ranks it, once it is known.
  private(set) var score: Double?

  /// What its place in a mixture is made of.
  private var mixed: [String: Double] = [:]

  /// Why it has no score.
  var exclusion: ExclusionReason?

  /// What rewards take, as long as they need it.
  var input: RewardInput?

  /// An image file that has not been read.
  init(path: String, prompt: String?) {
    self.path = path
    self.prompt = prompt
  }

  /// Takes what reading the file gave.
  mutating func take(_ input: RewardInput) {
    self.input = input
    digest = input.digest
    prompt = input.prompt
  }

  /// Takes what a reward gave. Until scores are mixed, the first reward's ranks the image.
  ///
  /// - Parameter isNeeded: whether an image without this score has no score at all.
  mutating func add(_ outcome: RewardOutcome, of reward: String, isNeeded: Bool = true) {
    if outcomes.isEmpty { score = outcome.score }
    outcomes[reward] = outcome
    if isNeeded { exclusion = exclusion ?? outcome.exclusion }
    if exclusion != nil { score = nil }
  }

  /// `images` with the scores that `mixture` makes of those of `rewards`.
  static func mixed(
    _ images: [ScoredImage], _ mixture: RewardMixture, _ rewards: [NamedReward]
  ) throws -> [ScoredImage] {
    let columns = rewards.map { reward in
      ScoreColumn(
        name: reward.name, passport: reward.reward.passport,
        outcomes: images.map { image in
          image.outcomes[reward.name]
            ?? .excluded(image.exclusion ?? .failed("it was not scored"))
        })
    }
    let outcomes = try mixture.outcomes(of: columns, prompts: images.map(\.prompt))
    return zip(images, outcomes).map { image, outcome in
      var image = image
      image.score = outcome.score
      image.exclusion = outcome.exclusion
      if case .score(_, let details) = outcome {
        // Not by their endings: a reward may tell of something that is called so.
        let keys = Set(rewards.map { "\($0.name).\(mixture.scale.rawValue)" })
        image.mixed = details.filter { mixture.scale != .raw && keys.contains($0.key) }
      }
      return image
    }
  }

  /// What to say of a mixture that gives all of `images` one score; nil elsewhere.
  static func warning(of mixture: RewardMixture, _ images: [ScoredImage]) -> String? {
    mixture.warning(for: images.filter { $0.exclusion == nil }.map(\.prompt))
  }

  /// The image's line of results.
  func record(_ passports: [String: ScoreRecord.Passport]) -> ScoreRecord {
    var details: [String: [String: Double]] = mixed.isEmpty ? [:] : [LoadedRewards.mixture: mixed]
    for case (let name, .score(_, let more)) in outcomes where !more.isEmpty {
      details[name] = more
    }
    return ScoreRecord(
      image: path, digest: digest, prompt: prompt, scores: outcomes.compactMapValues(\.score),
      score: score, details: details, excluded: exclusion, passports: passports)
  }
}
