internal import CLIPReward
internal import Diffusion
internal import Files
internal import Imaging
internal import NN
internal import Torch

/// The choice of each prompt's best images, while they are made.
///
/// A prompt's images are scored when all of them are there. They are chosen among at once, unless
/// scores must be put on one scale with those of other prompts; then at the end.
final class BestOfStage {
  /// Writes an image, given its place in the run and how it was judged.
  typealias Writer = (_ image: RGBImage, _ index: Int, _ note: RewardNote) throws -> Void

  private let options: BestOfOptions
  private let perPrompt: Int
  private let requests: [ImageRequest]
  private let paths: [String]
  private let rewards: LoadedRewards
  private let keepsImages: Bool
  private let warn: (String) -> Void

  private var scored: [ScoredImage] = []
  private var images: [Int: RGBImage] = [:]

  /// How every image whose prompt is decided was judged, in the run's order.
  private(set) var notes: [RewardNote] = []

  /// Loads the rewards.
  ///
  /// - Parameter keepsImages: whether ``row(of:)`` will ask for them.
  init(
    _ options: BestOfOptions, _ requests: [ImageRequest], _ paths: [String], perPrompt: Int,
    keepsImages: Bool, on device: Device, isQuiet: Bool, warn: @escaping (String) -> Void
  ) throws {
    self.options = options
    self.requests = requests
    self.paths = paths
    self.perPrompt = perPrompt
    self.keepsImages = keepsImages
    self.warn = warn
    rewards = try options.rewards.load(
      placement: Precision.fp32.placement(on: device), cache: options.rewards.openCache(warn: warn),
      defaultScope: .prompt, isQuiet: isQuiet, warn: warn)
    if !isQuiet, options.rewards.readsTexts {
      try TruncatedPrompts(rewards.model, warn: warn).check(requests.map(\.prompt))
    }
  }

  /// What the scores depend on, by the rewards' names.
  var passports: [String: ScoreRecord.Passport] { rewards.passports }

  /// The rewards' names, in their order.
  var names: [String] { rewards.rewards.map(\.name) }

  /// How many prompts are decided.
  var decidedCount: Int { notes.count / perPrompt }

  /// Takes the next image; nil where sampling gave none for the reason given.
  ///
  /// - Parameter index: its place in the run, the one behind the last that was taken.
  /// - Throws: what scoring or writing fails by; the image is then as if it had not been given.
  func add(_ image: RGBImage?, at index: Int, failure: String = "", write: Writer) throws {
    precondition(index == scored.count, "images come in the run's order")
    do {
      try take(image, at: index, failure: failure, write: write)
    } catch {
      scored.removeLast(scored.count - index)
      images[index] = nil
      throw error
    }
  }

  private func take(_ image: RGBImage?, at index: Int, failure: String, write: Writer) throws {
    let request = requests[index]
    var candidate = ScoredImage(path: paths[index], prompt: request.prompt)
    if let image {
      images[index] = image
      candidate.take(
        RewardInput(
          image, name: "that of seed \(request.seed)", prompt: request.prompt,
          metadata: ["seed": String(request.seed)]))
    } else {
      candidate.exclusion = .failed(failure)
    }
    scored.append(candidate)
    guard scored.count.isMultiple(of: perPrompt) else { return }
    try score(scored.count - perPrompt..<scored.count)
    if decidesByPrompt { try decide(write) }
  }

  /// Chooses what is left to be chosen. All images must be there.
  func finish(write: Writer) throws {
    if !decidesByPrompt { try decide(write) }
  }

  /// Chooses among the prompts whose images are all there, where the run ends early: they took long
  /// to make.
  ///
  /// - Returns: how many prompts were chosen among in one group.
  func finishEarly(write: Writer) throws -> Int {
    let before = decidedCount
    guard !decidesByPrompt else { return 0 }
    try decide(write)
    return decidedCount - before
  }

  /// A prompt's images for a grid, the best first; those without a score are left out.
  func row(of prompt: Int) -> (caption: String, images: [RGBImage?]) {
    let range = prompt * perPrompt..<min((prompt + 1) * perPrompt, notes.count)
    let ranked = range.filter { notes[$0].rank != nil }
      .sorted { (notes[$0].rank ?? 0) < (notes[$1].rank ?? 0) }
    let scores = ranked.compactMap { notes[$0].score }.map(ScoreReport.number)
    let missing = perPrompt - ranked.count
    let left = missing == 0 ? "" : "; \(missing) without a score"
    let images: [RGBImage?] = ranked.map { self.images[$0] } + Array(repeating: nil, count: missing)
    let caption = requests[range.lowerBound].prompt
    return ("\(caption) (\(scores.joined(separator: ", "))\(left))", images)
  }

  /// Whether a prompt's images can be judged without those of the other prompts.
  private var decidesByPrompt: Bool {
    guard let mixture = rewards.plan?.mixture, !rewards.isPlain else { return true }
    let isAlone = mixture.scale == .raw || mixture.scope == .prompt
    return isAlone && !mixture.floors.contains { $0.bound == .median }
  }

  private func score(_ range: Range<Int>) throws {
    // The same picture under another prompt is another case.
    let imageGuard = ImageGuard()
    let made = range.filter { scored[$0].input != nil }
    let reasons = try imageGuard.check(made.compactMap { scored[$0].input })
    for (index, reason) in zip(made, reasons) { scored[index].exclusion = reason }
    let sound = made.filter { scored[$0].exclusion == nil }
    let inputs = sound.compactMap { scored[$0].input }
    if !inputs.isEmpty {
      for reward in rewards.rewards {
        for (index, outcome) in zip(sound, try reward.reward.outcomes(for: inputs)) {
          scored[index].add(outcome, of: reward.name, isNeeded: rewards.needs(reward.name))
        }
      }
    }
    for index in range { scored[index].input = nil }
  }

  /// Chooses among all images that are scored and not decided, prompt by prompt.
  private func decide(_ write: Writer) throws {
    let end = scored.count / perPrompt * perPrompt
    guard notes.count < end else { return }
    let open = notes.count..<end
    var judged = Array(scored[open])
    if !rewards.isPlain, let mixture = rewards.plan?.mixture {
      if let warning = ScoredImage.warning(of: mixture, judged) { warn(warning) }
      judged = try ScoredImage.mixed(judged, mixture, rewards.rewards)
    }
    let best = BestOf(keeping: options.keep ?? 1)
    for start in stride(from: 0, to: judged.count, by: perPrompt) {
      let group = Array(judged[start..<start + perPrompt])
      let choice = best.choice(
        among: group.map { image in
          if let reason = image.exclusion { return .excluded(reason) }
          return image.score.map { .score($0) } ?? .excluded(.failed("it has no score"))
        })
      for (place, image) in group.enumerated() {
        try finish(
          image, at: open.lowerBound + start + place, rank: choice.ranking.firstIndex(of: place),
          isKept: choice.kept.contains(place), write)
      }
      warnOfShortage(group, choice.kept.count)
    }
  }

  private func finish(
    _ judged: ScoredImage, at index: Int, rank: Int?, isKept: Bool, _ write: Writer
  ) throws {
    let image = images[index]
    let note = RewardNote(
      judged, passports, rank: rank.map { $0 + 1 }, of: perPrompt, isKept: isKept,
      isWritten: image != nil && (isKept || options.keepAll))
    if let image, note.isWritten { try write(image, index, note) }
    notes.append(note)
    if !keepsImages { images[index] = nil }
  }

  private func warnOfShortage(_ group: [ScoredImage], _ kept: Int) {
    guard kept < options.keep ?? 1, let first = group.first else { return }
    let reasons = Dictionary(
      group.compactMap(\.exclusion).map { ("\($0)", 1) }, uniquingKeysWith: +
    )
    .sorted { $0.key < $1.key }.map { "\($0.value) × \($0.key.printable)" }
    warn(
      "\(kept) of \(options.keep ?? 1) kept for “\((first.prompt ?? "").printable)”; left out: "
        + reasons.joined(separator: ", "))
  }
}
