import Foundation
import RAFT
import Recipes
import Testing

@Suite("Recipes written down")
struct RecipeRoundTripTests {
  private func readBack(_ recipe: Recipe) throws -> Recipe {
    try RecipeResolution(of: [layer(recipe.yaml(), named: "recipe.yaml", folder: "/run")]).recipe
  }

  @Test("every built-in recipe reads back as it is", arguments: builtInNames)
  func builtInRecipes(name: String) throws {
    let recipe = try builtIn(name).recipe
    #expect(try readBack(recipe) == recipe)
  }

  @Test("a recipe that is written down wins over everything below it")
  func wins() throws {
    let recipe = try builtIn("resolution-256-published").recipe
    let below = try layer(
      "watch: {terms: [clip]}\nadapter: {alpha: 3}\nreward: {floors: [\"a>=1\"]}")
    let written = try layer(recipe.yaml(), named: "recipe.yaml", folder: "/run")
    #expect(try RecipeResolution(of: [below, written]).recipe == recipe)
  }

  @Test("any recipe reads back as it is", arguments: 0..<60)
  func anyRecipe(seed: UInt64) throws {
    var draws = Draws(state: seed)
    let recipe = draws.recipe()
    try recipe.validate()
    let copy = try readBack(recipe)
    #expect(copy == recipe)
    #expect(copy.differences(from: recipe).isEmpty)
  }
}

/// Draws recipes whose settings go together.
private struct Draws: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return (state >> 32) << 32 | (state &* 2_862_933_555_777_941_757) >> 32
  }

  private static let texts = [
    "null", "~", "yes", "no", "0x1F", "1e-3", "3:20", "- a", "a: b", "#x", "x # y", "'", "\"q\"",
    "{a}", "[b", "&a", "*b", "!t", "%d", "|", ">", "@", "`", "é, ü", "猫 🐱", "a\tb", "back\\slash",
    "a\u{A0}b", "zero\u{200B}width", "2001-01-01", "=", "<<", "true", "=1", "---", "...", "?",
    "a\u{2028}b", "line\nbreak", "\u{1B}[0m", String(repeating: "long ", count: 60) + "end",
  ]

  mutating func text() -> String { Self.texts.randomElement(using: &self) ?? "" }
  mutating func path() -> String { "/" + text().filter { $0 != "/" } + "x" }
  mutating func share() -> Double { .random(in: 0..<1, using: &self) }
  mutating func positive() -> Double {
    share() * (Bool.random(using: &self) ? 1e-9 : 1e7) + .leastNonzeroMagnitude
  }
  mutating func maybe<Value>(_ value: Value) -> Value? { Bool.random(using: &self) ? value : nil }
  mutating func count(_ range: ClosedRange<Int>) -> Int { .random(in: range, using: &self) }
  mutating func texts() -> [String] { (0..<count(0...3)).map { _ in text() } }

  mutating func sampling() -> Recipe.Sampling {
    var sampling = Recipe.Sampling()
    sampling.sampler = maybe("ddim")
    sampling.steps = count(1...1000)
    sampling.guidance = positive() + 2
    sampling.eta = share()
    return sampling
  }

  mutating func rewards() -> Recipe.Rewards {
    var rewards = Recipe.Rewards()
    rewards.terms = [text()] + texts()
    rewards.clip = maybe(path())
    rewards.aestheticHead = maybe(path())
    rewards.clipScale = maybe("100")
    rewards.mix = maybe("raw")
    rewards.per = maybe("round")
    rewards.floors = texts()
    return rewards
  }

  mutating func recipe() -> Recipe {
    var recipe = Recipe()
    (recipe.name, recipe.about, recipe.model) = (text(), text(), path())
    recipe.seed = next()
    (recipe.width, recipe.height) = (8 * count(1...2048), 8 * count(1...2048))
    recipe.precision = "bf16"
    var prompts = Self.texts.map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
    prompts = Array(Set(prompts)).sorted().shuffled(using: &self)
    recipe.prompts.train = Array(prompts.prefix(10))
    recipe.prompts.dev = Array(prompts.dropFirst(10).prefix(5))
    recipe.prompts.test = Array(prompts.dropFirst(15))
    recipe.prompts.negative = text()
    recipe.collecting = sampling()
    recipe.evaluating.sampling = sampling()
    recipe.evaluating.devImages = count(1...9)
    recipe.evaluating.testImages = count(1...9)
    recipe.evaluating.every = count(1...9)
    recipe.reward = rewards()
    recipe.watch = maybe(rewards())
    recipe.watch?.clip = path()
    recipe.watch?.aestheticHead = path()
    recipe.selection = Selection(.percentile(100 * share(), perPrompt: Bool.random(using: &self)))
    recipe.control = Bool.random(using: &self)
    recipe.rounds.count = count(1...99)
    recipe.rounds.prompts = maybe(count(1...10))
    recipe.rounds.samplesPerPrompt = count(1...99)
    recipe.rounds.beta = positive()
    recipe.rounds.replay = Bool.random(using: &self)
    recipe.rounds.fromBase = Bool.random(using: &self)
    if Bool.random(using: &self) {
      recipe.rounds.samplesFrom = path()
    } else {
      recipe.rounds.generator = maybe(path())
      recipe.rounds.generatorAdapter = maybe(path())
    }
    recipe.adapter.rank = count(1...4096)
    recipe.adapter.alpha = maybe(positive())
    recipe.adapter.targets = [text()] + texts()
    recipe.adapter.initialisation = "gaussian"
    recipe.adapter.dropout = share()
    recipe.adapter.from = maybe(path())
    tune(&recipe.tuning)
    recipe.stopping.patience = count(0...9)
    recipe.stopping.minimalGain = positive()
    recipe.stopping.seconds = maybe(positive())
    recipe.stopping.samples = maybe(count(1...1_000_000))
    return recipe
  }

  private mutating func tune(_ tuning: inout Recipe.Tuning) {
    tuning.source = Recipe.Tuning.Source.allCases.randomElement(using: &self) ?? .latents
    tuning.steps = count(1...1000)
    tuning.batch = count(2...64)
    tuning.accumulation = count(1...64)
    tuning.optimizer = "sgd"
    tuning.learningRate = positive()
    tuning.schedule = "cosine"
    tuning.warmup = count(0...1)
    (tuning.weightDecay, tuning.epsilon, tuning.clip) = (positive(), positive(), positive())
    (tuning.beta1, tuning.beta2) = (share(), share())
    tuning.checkpointing = Bool.random(using: &self)
    tuning.guidanceAware = Bool.random(using: &self)
    (tuning.captionDropout, tuning.averaging, tuning.preservation) = (share(), share(), share())
  }
}
