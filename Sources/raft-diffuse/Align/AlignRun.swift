internal import Alignment
internal import Diffusion
internal import ExitStatuses
internal import Files
internal import Foundation
internal import LoRA
internal import NN
internal import Policies
internal import RAFT
internal import Recipes
internal import Reporting
internal import RunStore
internal import Torch

/// One call of `raft-diffuse align`.
struct AlignRun {
  private let command: AlignCommand
  private let changes: RecipeLayer?
  private let start = ContinuousClock.now

  /// - Parameter changes: settings of a new run that win over the options; nil for none.
  init(_ command: AlignCommand, changes: RecipeLayer? = nil) {
    self.command = command
    self.changes = changes
  }

  func run() throws {
    let output = command.output
    let directory = try output.resume ? output.out.map { try RunDirectory.open($0) } : nil
    if directory == nil, let out = output.out { try RunDirectory.refuseUnlessNew(at: out) }
    let (recipe, notes) =
      try directory.map { (try command.continued($0.paths.recipe), []) }
      ?? command.resolvedRecipe(changes: changes)
    let out = output.out ?? NewRunFolder.path(for: recipe)
    if let directory { try requireRounds(recipe.rounds.count, in: directory.ledger) }
    notes.forEach(note)
    if recipe.rounds.replay, recipe.reward.terms.count > 1, recipe.reward.mix != "raw" {
      warn(
        "replay compares samples of several rounds, but mixed scores are relative to their round; use --mix raw"
      )
    }
    guard !recipe.model.isEmpty else {
      throw CommandError(
        status: .usage, description: "the recipe names no model; name it with --model")
    }
    let location = try ModelLocation(
      resolving: recipe.model, environment: ProcessInfo.processInfo.environment)
    guard !location.holds(out) else {
      throw CommandError(
        status: .usage,
        description:
          "--out \(out) is the model itself or lies in it; name another place, since the model stays as it is"
      )
    }
    try settleThreads(directory)
    let device = try DeviceChoice.chosen(command.model.device)
    guard let precision = Precision(rawValue: recipe.precision) else {
      throw CommandError(
        status: .usage, description: "there is no precision “\(recipe.precision)”")
    }
    if let warning = precision.warning(on: device) { warn(warning) }
    // What is wrong with a reward should not wait for the model.
    let rewards = try AlignRewards(
      recipe, command.reward, placement: Precision.fp32.placement(on: device),
      isQuiet: output.quiet, warn: warn)
    let files =
      try directory.map { try command.model.files.settled(in: $0.ledger) } ?? command.model.files
    let model = try StableDiffusion(
      location, placement: precision.placement(on: device), variant: files.variant,
      tokenizer: files.tokenizer)
    model.warnings.forEach(warn)
    try TruncatedPrompts(rewards.textModel, warn: warn).check(
      recipe.prompts.train + recipe.prompts.dev + recipe.prompts.test)
    let batch = output.sampleBatch ?? BatchSize.fitting(model, textToImage(recipe))
    if output.dryRun {
      return try show(RunPlan(measuring: recipe, on: model, batch: batch), recipe)
    }
    let run = try directory ?? RunDirectory.create(at: out)
    if output.out == nil { note("the run: \(out)") }
    do {
      try align(recipe, rewards, model, run, location, files, batch: batch)
    } catch {
      if directory == nil { try run.abandon() }
      throw error
    }
  }

  private func align(
    _ recipe: Recipe, _ rewards: AlignRewards, _ model: StableDiffusion, _ run: RunDirectory,
    _ location: ModelLocation, _ files: ModelFiles, batch: Int
  ) throws {
    let output = command.output
    let identity = try ModelIdentity(
      recipe.model, variant: files.variant, at: location, warn: warn)
    _ = try files.settled(in: run.ledger)
    try require(recipe, rewards, model, identity, in: run.ledger)
    let settled = try SettledFacts(
      in: run.ledger, sampleBatch: { batch }, scoreBatch: 16, saveEvery: output.saveEvery,
      threads: Machine.threadCount)
    if !output.resume, !output.quiet {
      report(try RunPlan(measuring: recipe, on: model, batch: settled.sampleBatch))
    }
    let records = AlignRecords(recipe, model, files, run.paths)
    var parts = RunParts(
      model: model, rewards: rewards.rewards, directory: run, settled: settled,
      notes: [
        "raft.version": RaftDiffuse.version, "raft.base": identity.name,
        "raft.base_sha256": identity.digest, "raft.run_seed": String(recipe.seed),
        "raft.recipe": recipe.name, "raft.reward": rewards.name, "ss_seed": String(recipe.seed),
      ], texts: records.texts)
    parts.generator = try recipe.rounds.generator.map { name in
      try StableDiffusion(
        ModelLocation(resolving: name, environment: ProcessInfo.processInfo.environment),
        placement: model.placement)
    }
    let progress = AlignProgress(isQuiet: output.quiet, isJSON: output.json)
    let job = try AlignmentJob(
      recipe, parts,
      RunControl(
        lastStage: output.stopAfter, shouldStop: { Interruption.isRequested },
        tell: progress.take),
      facts: facts(recipe, rewards, model, identity), rewardName: rewards.name,
      watchName: rewards.watchName)
    // From here on it is a run; what is wrong before leaves nothing behind.
    try run.write(recipe: recipe.yaml())
    do {
      let summary = try job.finish()
      progress.finish()
      if let failure = progress.failure { throw failure }
      try AlignResult(summary, run.paths, seconds: (ContinuousClock.now - start).seconds)
        .print(asJSON: output.json)
    } catch RunError.stageFinished(let stage, let round) {
      progress.finish()
      note("\(RunError.stageFinished(stage, round: round))")
    } catch {
      progress.finish()
      throw error
    }
  }

  /// A run cannot have fewer rounds than it has.
  private func requireRounds(_ count: Int, in ledger: RunLedger) throws {
    let finished = try ledger.rounds().last { $0.stages.contains(.evaluate) }?.round ?? 0
    guard count >= finished else {
      throw CommandError(
        status: .usage,
        description:
          "the run has \(finished) finished rounds, so --rounds must be \(finished) at least; compare shows earlier ones"
      )
    }
  }

  /// What must be as it was when the run began.
  private func require(
    _ recipe: Recipe, _ rewards: AlignRewards, _ model: StableDiffusion, _ identity: ModelIdentity,
    in ledger: RunLedger
  ) throws {
    try ledger.requireFact("model_sha256", is: identity.digest, what: "the model \(identity.name)")
    var lasting = recipe
    // More rounds may be asked for, and other reasons to stop.
    lasting.rounds.count = 0
    lasting.stopping = Recipe.Stopping()
    try ledger.requireFact(
      "recipe_sha256", is: Digest.sha256(lasting.yaml().utf8), what: "the run's recipe.yaml")
    try ledger.requireFact(
      "reward_passport", is: rewards.rewards.passport, what: "the reward \(named(recipe.reward))")
    try ledger.requireFact(
      "watch_passport", is: rewards.rewards.watchPassport,
      what: "the watched reward \(named(recipe.watch ?? .init()))")
    if let path = recipe.rounds.generatorAdapter {
      let digest = try AdapterFile.read(path, names: .anyModel).hash
      try ledger.requireFact(
        "generator_adapter_sha256", is: digest, what: "the generator's adapter \(path)")
    }
    if let name = recipe.rounds.generator {
      let location = try ModelLocation(
        resolving: name, environment: ProcessInfo.processInfo.environment)
      let digest = try ModelIdentity(name, variant: nil, at: location, warn: warn).digest
      try ledger.requireFact("generator_sha256", is: digest, what: "the generator \(name)")
    }
    if let folder = recipe.rounds.samplesFrom {
      try ledger.requireFact(
        "samples_sha256", is: SampleFolder.digest(of: folder),
        what: "the folder of samples \(folder)")
    }
    try ledger.requireFact(
      "precision", is: model.placement.precisionName, what: "the arithmetic")
    try ledger.requireFact(
      "device", is: model.placement.device.description, what: "the device")
    let prompts = [
      command.prompts.prompts, command.prompts.devPrompts, command.prompts.testPrompts,
    ]
    for case let path? in prompts {
      try ledger.setFact(
        "prompt_file:\(URL(fileURLWithPath: path).standardizedFileURL.path)",
        Digest.sha256(ofFile: path))
    }
    for (name, digest) in try ledger.facts() where name.hasPrefix("prompt_file:") {
      let path = String(name.dropFirst("prompt_file:".count))
      // One that is gone cannot mislead: the run has its prompts.
      guard FileManager.default.fileExists(atPath: path) else { continue }
      let now = try Digest.sha256(ofFile: path)
      guard now == digest else {
        throw LedgerError.changed("the prompt file \(path)", was: digest, is: now)
      }
    }
    let kernels = SettledFacts.kernels
    let known = try ledger.settledFact("kernels") { kernels }
    if known != kernels {
      warn(
        "the run began with \(known), and this is \(kernels): what it makes from now on may differ in its last digits"
      )
    }
  }

  /// A reward and its files, as people know them.
  private func named(_ rewards: Recipe.Rewards) -> String {
    let files = [rewards.clip, rewards.aestheticHead].compactMap(\.self)
    let terms = rewards.terms.joined(separator: " + ")
    return files.isEmpty ? terms : "\(terms) (or a file of \(files.joined(separator: ", ")))"
  }

  /// The threads that the run began with.
  private func settleThreads(_ directory: RunDirectory?) throws {
    let known = try directory?.ledger.fact("threads").flatMap { Int($0) }
    if let known, let asked = command.model.threads, asked != known {
      warn("the run goes on with the \(known) threads that it began with")
    }
    if let threads = known ?? command.model.threads { Machine.threadCount = threads }
  }

  private func textToImage(_ recipe: Recipe) -> TextToImageOptions {
    var options = TextToImageOptions()
    (options.width, options.height) = (recipe.width, recipe.height)
    options.guidance = max(recipe.collecting.guidance, recipe.evaluating.sampling.guidance)
    return options
  }

  private func facts(
    _ recipe: Recipe, _ rewards: AlignRewards, _ model: StableDiffusion, _ identity: ModelIdentity
  ) -> [HTMLReport.Fact] {
    let prompts = recipe.prompts
    return [
      .init("Model", identity.name), .init("Model SHA-256", String(identity.digest.prefix(12))),
      .init("Size", "\(recipe.width) × \(recipe.height) px"),
      .init(
        "Prompts",
        "\(prompts.train.count) train, \(prompts.dev.count) dev, \(prompts.test.count) test"),
      .init("Samples of a prompt", "\(recipe.rounds.samplesPerPrompt)"),
      .init("Selection", recipe.selection.description), .init("Reward", rewards.name),
      .init("Seed", "\(recipe.seed)"),
      .init("Arithmetic", "\(model.placement.precisionName) on \(model.placement.device)"),
      .init("Made by", "raft-diffuse \(RaftDiffuse.version)"),
    ]
  }

  private func show(_ plan: RunPlan, _ recipe: Recipe) throws {
    if command.output.json {
      return try Console.json(
        AlignDryRun(recipe: recipe, plan: plan), convertsKeys: true)
    }
    try command.differencesFromPublished(recipe).forEach(note)
    report(plan)
    try Console.result(recipe.yaml())
  }

  private func report(_ plan: RunPlan) { AlignProgress.describe(plan).forEach(note) }

  private func note(_ text: String) {
    if !command.output.quiet { Console.note(text) }
  }

  private func warn(_ text: String) {
    if !command.output.quiet { Console.warning(text) }
  }
}
