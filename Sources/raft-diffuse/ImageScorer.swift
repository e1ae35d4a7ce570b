internal import CLIPReward
internal import Files

/// Scores image files: leaves out what must not be scored, and warns of each.
final class ImageScorer {
  private let loaded: LoadedRewards
  private let files: ImageFiles
  private let imageGuard: ImageGuard
  private let truncated: TruncatedPrompts
  private let warn: (String) -> Void

  /// - Parameters:
  ///   - loaded: what scores.
  ///   - files: reads them.
  ///   - imageGuard: tells what must not be scored.
  ///   - truncated: hears of every prompt.
  init(
    _ loaded: LoadedRewards, _ files: ImageFiles, _ imageGuard: ImageGuard,
    _ truncated: TruncatedPrompts, warn: @escaping (String) -> Void
  ) {
    self.loaded = loaded
    self.files = files
    self.imageGuard = imageGuard
    self.truncated = truncated
    self.warn = warn
  }

  /// Scores the files at `paths`, in their order.
  ///
  /// - Parameters:
  ///   - prompts: what each image should show; nil for what the images themselves tell.
  ///   - take: gets what was scored too, while its pixels are there.
  func score(
    _ paths: [String], prompts: [String?]?, alsoTo take: (([RewardInput]) throws -> Void)? = nil
  ) throws -> [ScoredImage] {
    var scored: [ScoredImage] = []
    for (place, file) in try files.load(paths, prompts: prompts).enumerated() {
      var image = ScoredImage(path: paths[place], prompt: prompts?[place])
      switch file {
      case .input(let input): image.take(input)
      case .excluded(let reason): image.exclusion = reason
      }
      scored.append(image)
    }
    var open = scored.indices.filter { scored[$0].input != nil }
    while !open.isEmpty {
      let lost = try judge(open, &scored, take)
      imageGuard.forget(lost)
      // A copy of an image that turned out to have no score takes its place.
      open = open.filter { index in
        guard case .duplicate(let name)? = scored[index].exclusion else { return false }
        return lost.contains(name)
      }
    }
    for index in scored.indices {
      warn(of: scored[index])
      // The decoded pixels have done their work.
      scored[index].input = nil
    }
    return scored
  }

  /// Scores those of the images at `places` that may be scored.
  ///
  /// - Returns: the names of those that got no score all the same.
  private func judge(
    _ places: [Int], _ scored: inout [ScoredImage], _ take: (([RewardInput]) throws -> Void)?
  ) throws -> Set<String> {
    let reasons = try imageGuard.check(places.compactMap { scored[$0].input })
    for (index, reason) in zip(places, reasons) { scored[index].exclusion = reason }
    let sound = places.filter { scored[$0].exclusion == nil }
    let inputs = sound.compactMap { scored[$0].input }
    guard !inputs.isEmpty else { return [] }
    try truncated.check(inputs.compactMap(\.prompt))
    for reward in loaded.rewards {
      for (index, outcome) in zip(sound, try reward.reward.outcomes(for: inputs)) {
        let isNeeded = loaded.needs(reward.name)
        scored[index].add(outcome, of: reward.name, isNeeded: isNeeded)
        if !isNeeded, let reason = outcome.exclusion {
          warn("\(scored[index].path.printable) has no \(reward.name) score: \(reason)")
        }
      }
    }
    try take?(inputs)
    return Set(sound.filter { scored[$0].exclusion != nil }.map { scored[$0].path })
  }

  private func warn(of image: ScoredImage) {
    guard let reason = image.exclusion?.description else { return }
    let text =
      reason.hasPrefix(image.path)
      ? "left out: \(reason)" : "\(image.path.printable) is left out: \(reason)"
    warn(text)
  }
}
