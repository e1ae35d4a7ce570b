import RAFT
import Recipes
import Testing

@Suite("Resolving recipes")
struct RecipeResolutionTests {
  @Test("later sources win key by key, and each setting tells where it comes from")
  func layers() throws {
    let model = try layer(
      "res: 64\ntuning: {lr: 1e-3, batch: 2}\n" + threeSplits, named: "model/raft-diffuse.yaml")
    let recipe = try layer("name: r\ntuning: {lr: 1e-5}\nadapter: {alpha: 2}", named: "r.yaml")
    var flags = RecipeLayer(folder: "/work")
    try flags.set(.res, to: "128", by: "--res")
    try flags.set(.adapterAlpha, to: Double?.none, by: "--alpha")
    try flags.set(.rewardTerms, to: [], by: "--reward")
    let resolution = try RecipeResolution(of: [model, recipe, flags])
    #expect(resolution.recipe.width == 128)
    #expect(resolution.recipe.tuning.learningRate == 1e-5)
    #expect(resolution.recipe.tuning.batch == 2)
    #expect(resolution.recipe.adapter.alpha == 2)
    #expect(resolution.places[.res] == "--res")
    #expect(resolution.places[.tuningLearningRate] == "r.yaml, line 2")
    #expect(resolution.places[.tuningBatch] == "model/raft-diffuse.yaml, line 2")
    #expect(resolution.places[.control] == nil)
    #expect(resolution.notes.isEmpty)
  }

  @Test("null takes an earlier value away")
  func nulls() throws {
    let first = try layer(
      "adapter: {alpha: 2}\nwatch: {terms: [clip], clip: /c}\n" + threeSplits)
    let second = try layer("adapter: {alpha: null}\nwatch: {terms: null}")
    let recipe = try RecipeResolution(of: [first, second]).recipe
    #expect(recipe.adapter.alpha == nil && recipe.watch == nil)
    #expect(try RecipeResolution(of: [first]).recipe.watch?.clip == "/c")
  }

  @Test("what is watched shares the reward's CLIP and head")
  func watching() throws {
    let recipe = try RecipeResolution(of: [
      layer("reward: {clip: /c, aesthetic-head: h.pth}\nwatch: {terms: [clip]}\n" + threeSplits)
    ]).recipe
    #expect(recipe.watch?.clip == "/c" && recipe.watch?.aestheticHead == "/recipes/h.pth")
  }

  @Test("relative paths are relative to what names them; a hub's names stay")
  func paths() throws {
    try withFiles(["recipes/x.yaml": "", "clip/config.json": "{}"]) { folder in
      let recipe = try RecipeResolution(of: [
        layer(
          """
          model: owner/name
          reward: {clip: ../clip}
          adapter: {lora: a/b.safetensors}
          rounds: {generator: ./elsewhere}

          """ + threeSplits, folder: "\(folder)/recipes")
      ]).recipe
      #expect(recipe.model == "owner/name")
      #expect(recipe.reward.clip == "\(folder)/clip")
      #expect(recipe.adapter.from == "\(folder)/recipes/a/b.safetensors")
      #expect(recipe.rounds.generator == "\(folder)/recipes/elsewhere")
    }
  }

  @Test("a flag's wrong value names the flag")
  func flags() {
    var flags = RecipeLayer(folder: "/")
    #expect(
      message { try flags.set(.tuningLearningRate, to: -1.0, by: "--lr") }
        == "--lr: “tuning.lr” is -1.0, which should be a number above 0")
  }

  @Test(
    "settings that cannot go together are refused, with where each comes from",
    arguments: [
      (
        "rounds: {samples-from: /a, generator: /b}",
        "rounds.samples-from is /a (x.yaml, line 1) and rounds.generator is /b (x.yaml, line 1): "
          + "samples come from a folder or from a model, not both"
      ),
      (
        "rounds: {samples-from: /a, generator-adapter: /b}",
        "rounds.samples-from is /a (x.yaml, line 1) and rounds.generator-adapter is /b (x.yaml, "
          + "line 1): samples come from a folder or from an adapter, not both"
      ),
      (
        "select: random:best\ncontrol: true",
        "select is random:best (x.yaml, line 1) and control is true (x.yaml, line 2): the control "
          + "arm of a random selection would be the same again; leave one out"
      ),
      (
        "tuning: {guidance-aware: true}\ncollecting: {guidance: 1}",
        "tuning.guidance-aware is true (x.yaml, line 1) and collecting.guidance is 1.0 (x.yaml, "
          + "line 2): without guidance there is nothing to be aware of; switch one of them"
      ),
      (
        "select: local-top:8",
        "select is local-top:8 (x.yaml, line 1) and rounds.prompts-per-round is null (by "
          + "default): a round has 3 prompts; keep fewer or give more"
      ),
      (
        "select: random:local-top:3\nrounds: {prompts-per-round: 2}",
        "select is random:local-top:3 (x.yaml, line 1) and rounds.prompts-per-round is 2 (x.yaml, "
          + "line 2): a round has 2 prompts; keep fewer or give more"
      ),
      (
        "rounds: {prompts-per-round: 4}",
        "rounds.prompts-per-round is 4 (x.yaml, line 1): there are 3 prompts to learn from; give "
          + "more or ask for fewer"
      ),
      (
        "select: best:11",
        "select is best:11 (x.yaml, line 1) and rounds.samples-per-prompt is 10 (by default): no "
          + "prompt has so many samples to keep; keep fewer or sample more"
      ),
      (
        "collecting: {sampler: euler, eta: 0.5}",
        "collecting.eta is 0.5 (x.yaml, line 1) and collecting.sampler is euler (x.yaml, line 1): "
          + "only ddim has an eta; choose it, or leave eta at 0"
      ),
      (
        "tuning: {preserve: 0.5, batch: 1}",
        "tuning.preserve is 0.5 (x.yaml, line 1) and tuning.batch is 1 (x.yaml, line 1): a batch "
          + "of one cannot be shared; take a larger one"
      ),
      (
        "tuning: {warmup: 11, steps: 5}\nrounds: {count: 2}",
        "tuning.warmup is 11 (x.yaml, line 1) and tuning.steps is 5 (x.yaml, line 1) and "
          + "rounds.count is 2 (x.yaml, line 2): the learning rate would never be reached; warm up "
          + "for fewer steps"
      ),
      (
        "watch: {clip: /c}",
        "watch.terms is an empty list (by default): name the rewards to watch, or leave the "
          + "section out"
      ),
    ])
  func contradictions(yaml: String, expected: String) {
    #expect(message { try RecipeResolution(of: [layer(yaml + "\n" + threeSplits)]) } == expected)
  }

  @Test("a recipe made in code is checked as well")
  func validation() throws {
    var recipe = Recipe()
    recipe.stopping.patience = 0
    try recipe.validate()
    recipe.prompts.train = ["a cat", "B"]
    recipe.prompts.test = ["b "]
    #expect(
      message { try recipe.validate() }
        == "the prompt “b ” is in two splits, train and test; leave it out of one, so that what "
        + "is reported was never learned from")
    recipe.tuning.batch = 0
    #expect(
      message { try recipe.validate() }
        == "the recipe: “tuning.batch” is 0, which should be a whole number from 1 to 10000")
    recipe = Recipe()
    #expect(
      message { try recipe.validate() }
        == "stopping.patience is 3 (by default): patience goes by the dev reward, and there are "
        + "no dev prompts; give some, or set it to 0")
  }
}
