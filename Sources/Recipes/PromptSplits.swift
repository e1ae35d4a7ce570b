internal import Foundation
internal import RAFT

/// The prompts of the three splits, made disjoint.
struct PromptSplits {
  private struct Part {
    var prompts: [String]
    let place: String
    /// The layer that gives them; later ones win.
    let layer: Int
  }

  private var parts: [Split: Part] = [:]

  /// What was decided, a sentence each.
  private(set) var notes: [String] = []

  /// The prompts of a split.
  subscript(split: Split) -> [String] { parts[split]?.prompts ?? [] }

  /// Gives a split its prompts.
  mutating func add(_ prompts: [String], to split: Split, place: String, layer: Int) {
    let trimmed = prompts.map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
    var seen: Set<String> = []
    let distinct = trimmed.filter { seen.insert(Self.folded($0)).inserted }
    if distinct.count < prompts.count {
      notes.append(
        "\(place) repeats \(prompts.count - distinct.count) of its \(split) prompts; each counts once"
      )
    }
    parts[split] = Part(prompts: distinct, place: place, layer: layer)
  }

  /// Makes the splits disjoint, and sets some prompts apart for those that have none.
  ///
  /// - Throws: ``RecipeError`` where that cannot be.
  mutating func resolve(seeds: RunSeeds) throws {
    guard parts[.train] != nil else { throw RecipeError.noPrompts }
    try separate(.dev, from: .train)
    try separate(.test, from: .train)
    try separate(.test, from: .dev)
    try setApart(seeds)
  }

  /// Whether two prompts are the same goes by this.
  private static func folded(_ prompt: String) -> String {
    prompt.trimmingCharacters(in: .whitespacesAndNewlines).lowercased()
  }

  /// Takes prompts out of `split` that `other` has too, where a later layer gave `other`.
  private mutating func separate(_ split: Split, from other: Split) throws {
    guard var part = parts[split], let rival = parts[other] else { return }
    let taken = Set(rival.prompts.map(Self.folded))
    let shared = part.prompts.filter { taken.contains(Self.folded($0)) }
    guard let first = shared.first else { return }
    part.prompts.removeAll { taken.contains(Self.folded($0)) }
    guard rival.layer > part.layer, !part.prompts.isEmpty else {
      throw RecipeError.overlap(
        prompt: first, first: "\(other) (\(rival.place))", second: "\(split) (\(part.place))")
    }
    parts[split] = part
    notes.append(
      "\(part.place): \(shared.count) of its \(split) prompts left out, since \(rival.place) gives "
        + "them as \(other) prompts: " + shared.prefix(5).joined(separator: ", ")
        + (shared.count > 5 ? ", …" : ""))
  }

  /// A fifth of the training prompts, two at least, for each split that has none.
  private mutating func setApart(_ seeds: RunSeeds) throws {
    let missing = [Split.dev, .test].filter { parts[$0] == nil }
    guard !missing.isEmpty, let train = parts[.train] else { return }
    guard train.prompts.count >= 8 else {
      throw RecipeError.tooFewPrompts(train.prompts.count, missing: missing.map(\.rawValue))
    }
    let count = max(2, train.prompts.count / 5)
    let order = train.prompts.indices.map { (seeds.seed("splits", $0), $0) }
      .sorted { $0 < $1 }.map(\.1)
    var rest = order[...]
    for split in missing {
      let chosen = rest.prefix(count).sorted()
      rest = rest.dropFirst(count)
      parts[split] = Part(
        prompts: chosen.map { train.prompts[$0] }, place: train.place, layer: train.layer)
      notes.append(
        "no \(split) prompts are given: \(count) of the \(train.prompts.count) of \(train.place), "
          + "drawn by the seed, are set apart for it")
    }
    parts[.train]?.prompts = rest.sorted().map { train.prompts[$0] }
  }

  /// Checks that splits, which are resolved already, are disjoint.
  ///
  /// - Throws: ``RecipeError/overlap(prompt:first:second:)``.
  static func check(_ prompts: Recipe.Prompts) throws {
    var owners: [String: Split] = [:]
    for (split, texts) in [
      (Split.train, prompts.train), (.dev, prompts.dev), (.test, prompts.test),
    ] {
      for text in texts {
        let owner = owners.updateValue(split, forKey: folded(text))
        if let owner, owner != split {
          throw RecipeError.overlap(
            prompt: text, first: owner.rawValue, second: split.rawValue)
        }
      }
    }
  }
}
