import RAFT
import Recipes
import Testing

@Suite("Reading recipes")
struct RecipeReadingTests {
  @Test("each key reaches its setting")
  func keys() throws {
    let recipe = try RecipeResolution(of: [
      layer(
        threeSplits + """
          res: 384x256
          select: top:0.2
          rounds: {prompts-per-round: 2, samples-per-prompt: 4, replay: yes, samples-from: ../old}
          tuning: {lr: 2e-5, train-on: images, ema: 0.99}
          stopping: {budget: 30m, max-samples: 400}
          reward: {terms: clip, floors: ["clip>=0.2"]}
          adapter: {alpha: 8, targets: [to_q, to_v]}
          """)
    ]).recipe
    #expect([recipe.width, recipe.height] == [384, 256])
    #expect(recipe.selection == Selection(.topFraction(0.2)))
    #expect(recipe.rounds.prompts == 2 && recipe.rounds.samplesPerPrompt == 4)
    #expect(recipe.rounds.replay && recipe.rounds.samplesFrom == "/old")
    #expect(recipe.tuning.learningRate == 2e-5 && recipe.tuning.source == .images)
    #expect(recipe.tuning.averaging == 0.99)
    #expect(recipe.stopping.seconds == 1800 && recipe.stopping.samples == 400)
    #expect(recipe.reward.terms == ["clip"] && recipe.reward.floors == ["clip>=0.2"])
    #expect(recipe.adapter.alpha == 8 && recipe.adapter.targets == ["to_q", "to_v"])
    #expect(recipe.prompts.train == ["a", "b", "c"])
  }

  @Test("an unknown key names file and line, and the nearest right one")
  func unknownKeys() {
    #expect(
      message { try layer("collecting:\n  stpes: 20") }
        == "x.yaml, line 2: no setting is called “stpes”; did you mean “steps”?")
    #expect(
      message { try layer("name: x\npatience: 3") }
        == "x.yaml, line 2: no setting is called “patience”; did you mean “stopping.patience”?")
    #expect(
      message { try layer("adaptor:\n  rank: 4") }
        == "x.yaml, line 1: no setting is called “adaptor”; did you mean “adapter”?")
    #expect(
      message { try layer("stopping: {when-i-say-so: true}") }
        == "x.yaml, line 1: no setting is called “when-i-say-so”; known here are patience, "
        + "minimal-gain, budget, max-samples")
    #expect(
      message { try layer("prompts:\n  train:\n    flie: x.txt") }
        == "x.yaml, line 3: no setting is called “flie”; did you mean “file”?")
  }

  @Test(
    "a wrong value names file, line, key and what it must be",
    arguments: [
      (
        "collecting:\n  steps: many", 2, "collecting.steps", "many", "a whole number from 1 to 1000"
      ),
      ("collecting: {steps: 0}", 1, "collecting.steps", "0", "a whole number from 1 to 1000"),
      ("collecting: {steps: 2.5}", 1, "collecting.steps", "2.5", "a whole number from 1 to 1000"),
      (
        "collecting: {steps: [1, 2]}", 1, "collecting.steps", "1, 2",
        "a whole number from 1 to 1000"
      ),
      ("collecting: {steps: null}", 1, "collecting.steps", "null", "a whole number from 1 to 1000"),
      ("collecting: {eta: 1.5}", 1, "collecting.eta", "1.5", "a number from 0 to 1"),
      ("collecting: {guidance: .inf}", 1, "collecting.guidance", ".inf", "a number of at least 0"),
      ("tuning: {lr: nan}", 1, "tuning.lr", "nan", "a number above 0"),
      ("tuning: {ema: 1}", 1, "tuning.ema", "1", "a number from 0 to below 1"),
      ("res: 250", 1, "res", "250", "a size in pixels, N or WxH, multiples of 8 up to 16384"),
      ("res: 256x", 1, "res", "256x", "a size in pixels, N or WxH, multiples of 8 up to 16384"),
      ("control: maybe", 1, "control", "maybe", "true or false"),
      ("precision: fp8", 1, "precision", "fp8", "auto, fp32, bf16 or fp16"),
      ("tuning: {train-on: pictures}", 1, "tuning.train-on", "pictures", "latents or images"),
      (
        "stopping: {budget: soon}", 1, "stopping.budget", "soon",
        "a time such as 90s, 30m or 2h, or null"
      ),
      (
        "select: worst", 1, "select", "worst",
        "best, best:N, top:SHARE, local-top:N, threshold:X, percentile:P, prompt-percentile:P, "
          + "passing:X, or random: before one of these"
      ),
      (
        "select: top:2", 1, "select", "top:2",
        "best, best:N, top:SHARE, local-top:N, threshold:X, percentile:P, prompt-percentile:P, "
          + "passing:X, or random: before one of these"
      ),
      (
        "adapter: {targets: []}", 1, "adapter.targets", "an empty list",
        "a list of texts that are not empty, one at least"
      ),
      ("tuning: fast", 1, "tuning", "fast", "a section of keys"),
      ("name: {first: x}", 1, "name", "a section", "a text"),
      (
        "prompts: {train: {file: a, texts: [b]}}", 1, "prompts.train", "made of file and texts",
        "made of one of file, texts and lists"
      ),
      (
        "prompts: {train: {file: a, parts: [4], of: 3}}", 1, "prompts.train.parts",
        "a list of 1 of 3",
        "one or several of the parts 1…N, with of: N"
      ),
      ("prompts: {train: [a, null]}", 1, "prompts.train", "null", "a text; quote it if need be"),
    ])
  func wrongValues(yaml: String, line: Int, key: String, value: String, expected: String) {
    #expect(
      message { try layer(yaml) }
        == "x.yaml, line \(line): “\(key)” is \(value), which should be \(expected)")
  }

  @Test("a key that is there twice and a text that is no YAML name file and line")
  func malformed() {
    #expect(
      message { try layer("name: x\nrounds:\n  count: 1\n  beta: 0\n  count: 2") }
        == "x.yaml, line 3: the section that begins there has “count” twice; keep one")
    #expect(
      message { try layer("name: x\nrounds: {count: 1") }
        == "x.yaml, line 3 is not valid YAML: did not find expected ',' or '}'")
    #expect(
      message { try layer("name: " + String(repeating: "[", count: 100_000)) }
        .contains("x.yaml, line 1 is not valid YAML"))
    #expect(
      message { try layer("- a\n- b") }
        == "x.yaml, line 1 is not valid YAML: a recipe is made of keys with values")
    #expect(
      message { try layer("name: x\n---\nname: y") }
        == "x.yaml, line 2 is not valid YAML: but found another document")
  }

  @Test("a file that is not there, not UTF-8 or far too large is refused")
  func files() throws {
    #expect(
      message { try RecipeLayer(file: "/nowhere/x.yaml") }
        == "/nowhere/x.yaml does not exist; check the path")
    let large = String(repeating: "#", count: 1 << 21)
    try withFiles(["x.yaml": "# nothing yet\n", "large.yaml": large]) { folder in
      #expect(
        message { try RecipeLayer(file: "\(folder)/large.yaml") }
          == "\(folder)/large.yaml has 2097152 bytes, and at most 1048576 of such a file are read; "
          + "is it the right file?")
      let layer = try RecipeLayer(file: "\(folder)/x.yaml")
      #expect(RecipeKey.allCases.allSatisfy { !layer.gives($0) })
      #expect(try ModelRecipes(folder: folder).settings() == nil)
    }
  }

  @Test("values may be texts that YAML would take for something else")
  func texts() throws {
    let recipe = try RecipeResolution(of: [
      layer("prompts: {train: [no, 12, 1.5, \"null\", 2001-01-01], dev: [x], test: [y]}")
    ]).recipe
    #expect(recipe.prompts.train == ["no", "12", "1.5", "null", "2001-01-01"])
  }
}
