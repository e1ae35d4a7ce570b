internal import ArgumentParser
internal import CLIPReward
internal import Diffusion
internal import ExitStatuses
internal import Files
internal import Foundation
internal import RAFT
internal import Recipes
internal import RunStore

extension CompareCommand {
  /// The same comparison with the checkpoints of `--run` as adapters, or with the test images that it
  /// made, and what its recipe says where no option does. Without a run, what the model's own
  /// settings say of CLIP and head.
  ///
  /// - Parameter given: the options that were given, such as `--steps`.
  func resolved(given: Set<String>) throws -> CompareCommand {
    try refuse(given)
    guard let run = arms.run else {
      var command = self
      command.rewards = try rewards.completed(by: model.model)
      return command
    }
    let paths = RunPaths(run)
    guard FileManager.default.fileExists(atPath: paths.recipe) else {
      throw CommandError(
        status: .missingFile,
        description: "\(run) has no recipe.yaml; give --run a folder that align made")
    }
    let recipe = try RecipeResolution(of: [RecipeLayer(file: paths.recipe)]).recipe
    var command = self
    if arms.testImages {
      command.arms.folders = try folders(of: paths, recipe)
      command.rewards.take(recipe)
      try command.rewards.validate()
      try command.checkMetrics()
      return command
    }
    command.arms.adapters = try adapters(of: paths)
    command.model.model = model.model ?? recipe.model
    if !given.contains("--precision"), let precision = Precision(rawValue: recipe.precision) {
      command.model.precision = precision
    }
    command.sampling.take(recipe, unless: given)
    command.rewards.take(recipe)
    if !prompts.areGiven { command.prompts.texts = recipe.prompts.test }
    if !given.contains("--negative") { command.prompts.negative = recipe.prompts.negative }
    if !given.contains("--seeds") { command.prompts.seeds = recipe.evaluating.testImages }
    guard command.prompts.areGiven else {
      throw CommandError(
        status: .badInput,
        description: "\(run) has no test prompts; give some with --prompt or --prompts")
    }
    try command.prompts.validate()
    try command.sampling.validate()
    try command.rewards.validate()
    try command.checkMetrics()
    return command
  }

  /// Refuses options of how images are made where all images are there already.
  private func refuse(_ given: Set<String>) throws {
    guard arms.testImages || !arms.folders.isEmpty else { return }
    let unused = Self.makingOptions.filter(given.contains)
    guard unused.isEmpty else {
      throw ValidationError(
        "\(arms.testImages ? "--test-images" : "--images") are there already: leave out "
          + "\(unused.joined(separator: ", ")).")
    }
  }

  private static let makingOptions = [
    "--rounds", "--scale", "--allow-partial", "--variant", "--tokenizer", "--precision",
    "--negative", "--seeds", "--seed", "--sampler", "--steps", "--guidance", "--eta", "--res",
    "--spacing", "--prediction", "--match-diffusers-steps", "--clip-skip", "--emphasis",
    "--long-prompts", "--batch",
  ]

  /// The values of `--images` that stand for what the run reports: the base, the best round (the last
  /// one where dev finds none better than the base), and the control arm after as many rounds.
  private func folders(of run: RunPaths, _ recipe: Recipe) throws -> [String] {
    func images(_ paths: RunPaths, _ round: Int) -> String? {
      let folder = paths.path("\(paths.round(round, of: .test))/images")
      return FileManager.default.fileExists(atPath: folder) ? folder : nil
    }
    let rounds = try FolderListing.names(in: run.path("test")).compactMap { Int($0) }
    let link = try? FileManager.default.destinationOfSymbolicLink(atPath: run.best)
    let best = link?.split(separator: "/").last.flatMap { Int($0) }
    func missing(_ what: String) -> CommandError {
      CommandError(
        status: .badInput,
        description: "\(run.folder) has no test images of \(what) to compare; let it end, by "
          + "--resume, or leave out --test-images")
    }
    // The test's numbers are written when all of its images are there.
    guard FileManager.default.fileExists(atPath: run.test), let round = best ?? rounds.max(),
      round > 0, let base = images(run, 0), let own = images(run, round)
    else { throw missing("the base and of a round") }
    let control = images(run.control, round)
    guard control != nil || !recipe.control else { throw missing("the control arm") }
    return ["base=\(base)", "\(best == nil ? "round-\(round)" : "best")=\(own)"]
      + (recipe.control ? control.map { ["control=\($0)"] } ?? [] : [])
  }

  /// The values of `--lora` that stand for the run's checkpoints.
  private func adapters(of run: RunPaths) throws -> [String] {
    let (rounds, scales) = try (arms.chosenRounds(), arms.chosenScales())
    return try rounds.flatMap { round in
      let (name, folder) =
        switch round {
        case .best: ("best", run.best)
        case .number(let number): ("round-\(number)", run.checkpoint(number).folder)
        }
      let file = CheckpointPaths(folder: folder, run: run.name).adapter
      guard FileManager.default.fileExists(atPath: file) else {
        throw CommandError(
          status: .missingFile,
          description:
            "\(run.folder) has no adapter of \(round == .best ? "the best round" : name): "
            + "there is no \(file); see its checkpoints folder, and name others with --rounds")
      }
      return scales.map { "\(name)\(CompareArm.suffix($0))=\(file):\($0)" }
    }
  }
}

extension SamplingOptions {
  /// Takes how `recipe` samples what it reports.
  fileprivate mutating func take(_ recipe: Recipe, unless given: Set<String>) {
    let sampling = recipe.evaluating.sampling
    sampler = sampler ?? sampling.sampler.flatMap { SamplerKind(rawValue: $0) }
    if !given.contains("--steps") { steps = sampling.steps }
    if !given.contains("--guidance") { guidance = sampling.guidance }
    if !given.contains("--eta") { eta = sampling.eta }
    if !given.contains("--res") {
      res = ImageSize(width: recipe.width, height: recipe.height)
    }
  }
}

extension RewardOptions {
  /// Takes what `recipe` rewards, and what it only watches where one scorer serves both.
  fileprivate mutating func take(_ recipe: Recipe) {
    let reward = recipe.reward
    clip = clip ?? reward.clip
    aestheticHead = aestheticHead ?? reward.aestheticHead
    guard texts.isEmpty else { return }
    texts = reward.terms
    mixing.mix = mixing.mix ?? reward.mix.flatMap { ScoreScale(rawValue: $0) }
    mixing.per = mixing.per ?? reward.per.flatMap { ScoreScope(rawValue: $0) }
    if mixing.floor.isEmpty { mixing.floor = reward.floors }
    var scale = reward.clipScale
    if texts.count > 1 {
      // What the run was rewarded by is the mixture.
      mixing.mix = mixing.mix ?? .zScore
    } else if let watch = recipe.watch, mixing.floor.isEmpty, watch.floors.isEmpty,
      watch.clip == nil || watch.clip == clip,
      watch.aestheticHead == nil || watch.aestheticHead == aestheticHead
    {
      texts += watch.terms.filter { !texts.contains($0) }
      scale = scale ?? watch.clipScale
    }
    if let scale = scale.flatMap({ TextImageReward.Scale(rawValue: $0) }) { clipScale = scale }
  }
}
