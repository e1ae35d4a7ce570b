public import ArgumentParser
internal import CLIP
internal import CLIPReward
internal import Foundation
internal import NN

/// Which rewards score images, and what they are made of.
struct RewardOptions: ParsableArguments {
  @Option(
    name: .customLong("reward"),
    help: ArgumentHelp(
      """
      What scores: aesthetic, aesthetic:FILE (a head of its own), clip, jpeg-size (minus kB), \
      incompressibility (kB); may be repeated.
      """, valueName: "reward"))
  var choices: [RewardChoice] = []

  @Option(
    help: ArgumentHelp(
      "The CLIP of aesthetic and clip: a transformers folder, an open_clip or OpenAI file, a hub id.",
      valueName: "dir|file|hub-id"))
  var clip: String?

  @Option(
    help: ArgumentHelp(
      "What the CLIP's layers use, whatever its files say: quick_gelu or gelu.", valueName: "name"))
  var clipActivation: ClipActivation?

  @Option(
    help: ArgumentHelp(
      "What clip gives: the cosine, 100 (100 x the cosine, 0 at least), or logit (PickScore's).",
      valueName: "scale"))
  var clipScale: TextImageReward.Scale = .cosine

  @Option(
    help: ArgumentHelp(
      "The head of aesthetic: a .pth or .safetensors file, or a folder with one.",
      valueName: "file"))
  var aestheticHead: String?

  @Option(
    help: ArgumentHelp(
      "The folder of embeddings and digests that earlier runs computed.", valueName: "dir"))
  var cache: String?

  @Flag(help: "Neither read nor write a cache.")
  var noCache = false

  /// An activation that published CLIPs use.
  enum ClipActivation: String, CaseIterable, ExpressibleByArgument {
    case quickGelu = "quick_gelu"
    case gelu

    var activation: Activation { self == .gelu ? .gelu : .quickGelu }
  }

  func validate() throws {
    for choice in choices {
      if choice.needsCLIP, clip == nil {
        throw ValidationError("--reward \(choice.name) needs a CLIP: name it with --clip.")
      }
      if case .aesthetic(nil) = choice, aestheticHead == nil {
        throw ValidationError(
          "--reward aesthetic needs a head: name its file with --aesthetic-head.")
      }
    }
    let names = choices.map(\.name)
    if let twice = names.first(where: { name in names.filter { $0 == name }.count > 1 }) {
      throw ValidationError("--reward \(twice) is given twice.")
    }
    if noCache, cache != nil { throw ValidationError("Give --cache or --no-cache, not both.") }
  }

  /// Whether a reward needs the CLIP.
  var needsCLIP: Bool { choices.contains(where: \.needsCLIP) }

  /// The cache that was asked for; nil for none.
  ///
  /// - Parameter warn: gets what became of a cache that could not be used as it was.
  /// - Throws: `RewardError.cache` where a folder that was named cannot be used.
  func openCache(warn: @escaping (String) -> Void) throws -> RewardCache? {
    guard !noCache else { return nil }
    if let cache { return try RewardCache(folder: cache, report: warn) }
    let environment = ProcessInfo.processInfo.environment
    guard let folder = RewardCache.defaultFolder(environment) else { return nil }
    do {
      return try RewardCache(folder: folder, report: warn)
    } catch let error as RewardError {
      warn("\(error); going on without one")
      return nil
    }
  }

  /// Loads what the rewards are made of.
  ///
  /// - Parameters:
  ///   - placement: where and in what the CLIP computes.
  ///   - batch: images embedded at once.
  ///   - embeds: whether the CLIP is needed even where no reward asks for it.
  func load(
    placement: Placement, batch: Int, cache: RewardCache?, embeds: Bool = false,
    warn: (String) -> Void
  ) throws -> LoadedRewards {
    // The small files first: what is wrong with them should not wait for the large ones.
    var heads: [String: AestheticHead] = [:]
    for case .aesthetic(let own) in choices {
      guard let path = own ?? aestheticHead, heads[path] == nil else { continue }
      heads[path] = try AestheticHead(path) { file in
        try cache?.digest(ofFile: file) ?? RewardCache.freshDigest(ofFile: file)
      }
    }
    var model: CLIPEmbeddings?
    var embedder: ImageEmbedder?
    if let clip, embeds || needsCLIP {
      let loaded = try CLIPEmbeddings(
        clip, placement: placement, activation: clipActivation?.activation, cache: cache,
        environment: ProcessInfo.processInfo.environment)
      loaded.warnings.forEach(warn)
      model = loaded
      embedder = ImageEmbedder(loaded, cache: cache, batchSize: batch)
    }
    let rewards = try choices.map { choice in
      NamedReward(name: choice.name, reward: try reward(choice, heads, embedder, warn))
    }
    return LoadedRewards(rewards: rewards, embedder: embedder, model: model)
  }

  private func reward(
    _ choice: RewardChoice, _ heads: [String: AestheticHead], _ embedder: ImageEmbedder?,
    _ warn: (String) -> Void
  ) throws -> any ImageReward {
    switch choice {
    case .jpegSize(let goal): return JPEGSizeReward(goal)
    case .aesthetic(let own):
      guard let path = own ?? aestheticHead, let head = heads[path], let embedder else {
        throw ValidationError("--reward aesthetic needs --clip and --aesthetic-head.")
      }
      let reward = try AestheticReward(head, embedder)
      if let warning = reward.warning { warn(warning) }
      return reward
    case .clip:
      guard let embedder else { throw ValidationError("--reward clip needs --clip.") }
      return try TextImageReward(embedder, scale: clipScale)
    }
  }
}

/// Rewards that are ready to score.
struct LoadedRewards {
  /// The rewards in the order in which they were asked for.
  let rewards: [NamedReward]

  /// The embeddings that they share; nil where none needs a CLIP.
  let embedder: ImageEmbedder?

  /// The CLIP behind the embeddings.
  let model: CLIPEmbeddings?

  /// Whether a score depends on the prompt.
  var readPrompts: Bool { rewards.contains { $0.reward.readsPrompts } }

  /// The passports by the rewards' names.
  var passports: [String: ScoreRecord.Passport] {
    Dictionary(
      rewards.map { ($0.name, ScoreRecord.Passport($0.reward.passport)) },
      uniquingKeysWith: { first, _ in first })
  }
}

/// A reward and what results call it.
struct NamedReward {
  let name: String
  let reward: any ImageReward
}

extension TextImageReward.Scale: ExpressibleByArgument {}
