public import ArgumentParser
internal import CLIP
public import CLIPReward
internal import Foundation
internal import Imaging
internal import NN

/// Which rewards score images, and what they are made of.
struct RewardOptions: ParsableArguments {
  @Option(
    name: .customLong("reward"),
    help: ArgumentHelp(
      """
      What scores: aesthetic, aesthetic:FILE (a head of its own), clip, jpeg-size (minus kB), \
      incompressibility (kB), command:PROGRAM or http://… May be repeated; NAME=… names it, …:0.5 weighs it.
      """, valueName: "reward"))
  var texts: [String] = []

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

  @OptionGroup var mixing: MixingOptions
  @OptionGroup var external: ExternalOptions

  @Option(
    help: ArgumentHelp(
      "The folder of embeddings, digests and scores that earlier runs computed.", valueName: "dir"))
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
    if noCache, cache != nil { throw ValidationError("Give --cache or --no-cache, not both.") }
    guard !texts.isEmpty else { return }
    do {
      _ = try plan()
    } catch {
      throw ValidationError("\(error)")
    }
  }

  /// Refuses rewards that lack a file.
  func requireFiles() throws {
    for choice in builtIns {
      if choice.needsCLIP, clip == nil {
        throw ValidationError("This --reward needs a CLIP: name it with --clip.")
      }
      if choice == .aesthetic(head: nil), aestheticHead == nil {
        throw ValidationError(
          "--reward aesthetic needs a head: name its file with --aesthetic-head.")
      }
    }
  }

  /// What was asked for, with how it is mixed.
  ///
  /// - Parameter defaultScope: what z-scores and ranks are taken over unless `--per` says so.
  /// - Throws: `MixingError`, also where no reward was asked for or one is unknown.
  func plan(defaultScope: ScoreScope = .round) throws -> MixturePlan {
    let terms = try texts.map { text in
      let term = try RewardTerm(parsing: text)
      if case .builtIn(let name) = term.source, BuiltInReward(name) == nil {
        throw MixingError.badTerm(text, reason: "known are \(BuiltInReward.names)")
      }
      return term
    }
    return try mixing.plan(for: terms, defaultScope: defaultScope)
  }

  private var builtIns: [BuiltInReward] {
    texts.compactMap { text in
      guard case .builtIn(let name)? = (try? RewardTerm(parsing: text))?.source else { return nil }
      return BuiltInReward(name)
    }
  }

  /// Whether a reward needs the CLIP.
  var needsCLIP: Bool { builtIns.contains(where: \.needsCLIP) }

  /// Whether a reward compares with the prompt by the CLIP.
  var readsTexts: Bool { builtIns.contains(.clip) }

  /// The cache that was asked for; nil for none.
  ///
  /// - Parameter warn: gets what became of a cache that could not be used as it was.
  /// - Throws: `RewardError.cache` where a folder that was named cannot be used; without the
  ///   default one a run goes on.
  func openCache(warn: @escaping (String) -> Void) throws -> RewardCache? {
    guard !noCache else { return nil }
    if let cache { return try RewardCache(folder: cache, report: warn) }
    let environment = ProcessInfo.processInfo.environment
    guard let folder = RewardCache.defaultFolder(environment) else { return nil }
    do {
      return try RewardCache(folder: folder, isOptional: true, report: warn)
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
  ///   - cache: what earlier runs computed.
  ///   - embeds: whether the CLIP is needed even where no reward asks for it.
  ///   - transparency: what becomes of that of the images.
  ///   - defaultScope: what z-scores and ranks are taken over unless `--per` says so.
  ///   - isQuiet: whether what programs say on standard error is not passed on.
  func load(
    placement: Placement, batch: Int = 16, cache: RewardCache?, embeds: Bool = false,
    transparency: Transparency = .dropped, defaultScope: ScoreScope = .round, isQuiet: Bool = false,
    warn: (String) -> Void
  ) throws -> LoadedRewards {
    try requireFiles()
    var plan = texts.isEmpty ? nil : try plan(defaultScope: defaultScope)
    let bases = try self.bases(of: plan?.mixture.floors ?? [])
    // The small files first: what is wrong with them should not wait for the large ones.
    let heads = try self.heads(cache)
    let programs = try externalRewards(plan?.terms ?? [], cache, isQuiet: isQuiet)
    var model: CLIPEmbeddings?
    var embedder: ImageEmbedder?
    if let clip, embeds || needsCLIP {
      let loaded = try CLIPEmbeddings(
        clip, placement: placement, activation: clipActivation?.activation,
        transparency: transparency, cache: cache,
        environment: ProcessInfo.processInfo.environment)
      loaded.warnings.forEach(warn)
      model = loaded
      embedder = ImageEmbedder(loaded, cache: cache, batchSize: batch)
    }
    let rewards = try (plan?.terms ?? []).map { term in
      let reward = try programs[term.name] ?? builtIn(term, heads, embedder, transparency, warn)
      return NamedReward(name: term.name, reward: reward)
    }
    for (floor, table) in bases {
      guard let reward = rewards.first(where: { $0.name == floor.component })?.reward else {
        continue
      }
      try table.check(reward.passport, from: "these images")
      plan?.mixture.bases[floor] = ScoreColumn(
        name: floor.component, passport: table.passport,
        outcomes: table.rows.map { .score($0.score) })
    }
    return LoadedRewards(plan: plan, rewards: rewards, embedder: embedder, model: model)
  }

  /// The scores that floors refer to: all of the base, also those that were left out there for
  /// another reason.
  private func bases(of floors: [ScoreFloor]) throws -> [ScoreFloor: ScoreTable] {
    var tables: [ScoreFloor: ScoreTable] = [:]
    for floor in floors {
      guard case .baseMedian(let file) = floor.bound else { continue }
      tables[floor] = try ScoreRecord.table(
        of: floor.component, in: ScoreRecord.read(file), from: file, includingExcluded: true)
    }
    return tables
  }

  private func heads(_ cache: RewardCache?) throws -> [String: AestheticHead] {
    var heads: [String: AestheticHead] = [:]
    for case .aesthetic(let own) in builtIns {
      guard let path = own ?? aestheticHead, heads[path] == nil else { continue }
      heads[path] = try AestheticHead(path) { file in
        try cache?.digest(ofFile: file) ?? RewardCache.freshDigest(ofFile: file)
      }
    }
    return heads
  }

  /// The rewards that other programs compute, by their names.
  private func externalRewards(_ terms: [RewardTerm], _ cache: RewardCache?, isQuiet: Bool) throws
    -> [String: any ImageReward]
  {
    let options = external.options(isQuiet: isQuiet)
    var rewards: [String: any ImageReward] = [:]
    for term in terms {
      let reward: ExternalReward
      switch term.source {
      case .builtIn: continue
      case .command(let line):
        reward = try ExternalReward(
          command: line, name: term.name, environment: ProcessInfo.processInfo.environment,
          options: options, cache: cache)
      case .address(let address):
        reward = try ExternalReward(address: address, name: term.name, options: options)
      }
      rewards[term.name] = kept(reward, cache)
    }
    return rewards
  }

  /// `reward` in front of what keeps its scores: nothing without a cache, and no longer than this
  /// process where the passport would not tell another version of the reward.
  private func kept(_ reward: ExternalReward, _ cache: RewardCache?) -> any ImageReward {
    guard let cache else { return reward }
    return CachedReward(reward, store: reward.statesPassport ? cache : MemoryScoreStore())
  }

  /// Whether a reward is computed by another program.
  var hasExternal: Bool {
    texts.contains { text in
      guard let term = try? RewardTerm(parsing: text) else { return false }
      if case .builtIn = term.source { return false }
      return true
    }
  }

  private func builtIn(
    _ term: RewardTerm, _ heads: [String: AestheticHead], _ embedder: ImageEmbedder?,
    _ transparency: Transparency, _ warn: (String) -> Void
  ) throws -> any ImageReward {
    guard case .builtIn(let name) = term.source, let choice = BuiltInReward(name) else {
      throw MixingError.badTerm(term.name, reason: "known are \(BuiltInReward.names)")
    }
    switch choice {
    case .jpegSize(let goal): return JPEGSizeReward(goal, transparency: transparency)
    case .aesthetic(let own):
      guard let path = own ?? aestheticHead, let head = heads[path], let embedder else {
        throw MixingError.badTerm(name, reason: "it needs --clip and --aesthetic-head")
      }
      let reward = try AestheticReward(head, embedder)
      if let warning = reward.warning { warn(warning) }
      return reward
    case .clip:
      guard let embedder else { throw MixingError.badTerm(name, reason: "it needs --clip") }
      return try TextImageReward(embedder, scale: clipScale)
    }
  }
}

extension TextImageReward.Scale: ExpressibleByArgument {}
