import RAFT
import Recipes
import Testing

@Suite("Prompts of recipes")
struct PromptTests {
  private func prompts(_ yaml: String, folder: String = "/recipes") throws -> Recipe.Prompts {
    try RecipeResolution(of: [layer(yaml, folder: folder)]).recipe.prompts
  }

  @Test("prompts come from files, lists, templates, parts of files and combinations of lists")
  func sources() throws {
    let files = [
      "recipes/x.yaml": "", "objects.txt": "# ours\ncat\n\n dog \r\nowl\nfox\nbee\n",
    ]
    try withFiles(files) { folder in
      let prompts = try prompts(
        """
        prompts:
          train:
            template: "{style} {object} {style}"
            lists:
              style: [blue, "{object}"]
              object: {file: ../objects.txt, parts: [1, 3], of: 3}
          dev: ../objects.txt
          test: {file: ../objects.txt, template: "a photo of {}, sharp", parts: 2, of: 2}
        """, folder: "\(folder)/recipes")
      #expect(
        prompts.train == [
          "blue cat blue", "blue owl blue", "blue fox blue", "{object} cat {object}",
          "{object} owl {object}", "{object} fox {object}",
        ])
      #expect(prompts.dev == ["cat", "dog", "owl", "fox", "bee"])
      #expect(prompts.test == ["a photo of dog, sharp", "a photo of fox, sharp"])
    }
  }

  @Test("a template without its places, and a source without prompts, are refused")
  func refusals() throws {
    #expect(
      message { try prompts("prompts:\n  train: {texts: [a], template: a photo}") }
        == "x.yaml, line 2: the template “a photo” has no place for {}; write it in")
    #expect(
      message {
        try prompts("prompts:\n  train: {lists: {style: [a]}, template: \"{sytle} x\"}")
      } == "x.yaml, line 2: the template “{sytle} x” has a place for {sytle}; there is {style}")
    #expect(
      message { try prompts("prompts:\n  train: {texts: [a], template: \"{ x\"}") }
        == "x.yaml, line 2: the template “{ x” opens a brace that it does not close")
    #expect(
      message { try prompts("prompts:\n  train: {lists: {style: [a]}}") }
        == "x.yaml, line 2: “prompts.train” is without a template, which should be given one with "
        + "a place for each list, such as template: \"{style} {object}\"")
    #expect(
      message { try prompts("prompts: {train: []}") }
        == "x.yaml, line 1 gives no prompt; write one at least")
    #expect(
      message { try prompts("prompts: {train: [a, \" \"], dev: [b], test: [c]}") }
        == "x.yaml, line 1: “prompts.train” is a, , which should be a list of texts that are not "
        + "empty")
    #expect(
      message { try prompts("prompts: {train: none.txt}") }
        == "/recipes/none.txt does not exist; check x.yaml, line 1")
    #expect(
      message { try prompts("name: x") }
        == "there are no prompts to learn from; give --prompts FILE, or prompts: train: in a recipe"
    )
  }

  @Test("where only training prompts are given, dev and test are set apart by the seed, and said")
  func settingApart() throws {
    let list = "[" + (1...20).map { "p\($0)" }.joined(separator: ", ") + "]"
    func resolve(seed: Int) throws -> RecipeResolution {
      try RecipeResolution(of: [layer("seed: \(seed)\nprompts:\n  train: \(list)")])
    }
    let (first, again, other) = (try resolve(seed: 1), try resolve(seed: 1), try resolve(seed: 2))
    let prompts = first.recipe.prompts
    #expect([prompts.train.count, prompts.dev.count, prompts.test.count] == [12, 4, 4])
    #expect(Set(prompts.train + prompts.dev + prompts.test).count == 20)
    #expect(first.recipe == again.recipe && first.recipe.prompts != other.recipe.prompts)
    #expect(
      first.notes == [
        "no dev prompts are given: 4 of the 20 of x.yaml, line 3, drawn by the seed, are set apart "
          + "for it",
        "no test prompts are given: 4 of the 20 of x.yaml, line 3, drawn by the seed, are set "
          + "apart for it",
      ])
    #expect(
      message { try RecipeResolution(of: [layer("prompts: {train: [a, b]}")]) }
        == "2 prompts are too few to set some apart as dev and test prompts; give 8 at least, or "
        + "those with --dev-prompts and --test-prompts")
  }

  @Test("the same prompt in two splits is refused, however it is written")
  func overlap() {
    #expect(
      message { try prompts("prompts:\n  train: [a cat]\n  dev: [x]\n  test: [\" A Cat\"]") }
        == "the prompt “A Cat” is in two splits, train (x.yaml, line 2) and test (x.yaml, line 4); "
        + "leave it out of one, so that what is reported was never learned from")
  }

  @Test("what a later source trains on is left out of an earlier source's test prompts, and said")
  func laterTraining() throws {
    let recipe = try layer("prompts: {train: [a], dev: [b, c], test: [d, e]}", named: "r.yaml")
    var flags = RecipeLayer(folder: "/")
    try flags.set(.promptsTrain, to: .prompts(.texts(["E", "b", "x", "x"])), by: "--prompts")
    let resolution = try RecipeResolution(of: [recipe, flags])
    #expect(resolution.recipe.prompts.train == ["E", "b", "x"])
    #expect(resolution.recipe.prompts.dev == ["c"] && resolution.recipe.prompts.test == ["d"])
    #expect(
      resolution.notes == [
        "--prompts repeats 1 of its train prompts; each counts once",
        "r.yaml, line 1: 1 of its dev prompts left out, since --prompts gives them as train "
          + "prompts: b",
        "r.yaml, line 1: 1 of its test prompts left out, since --prompts gives them as train "
          + "prompts: e",
      ])
  }

  @Test("a file of prompts has one a line, and comments")
  func file() throws {
    try withFiles(["p.txt": "\u{FEFF}# mine\n a cat \n\n#b\nc # d\n"]) { folder in
      let text = try PromptFile.text("\(folder)/p.txt")
      #expect(try PromptFile.lines(of: text, named: "p.txt") == ["a cat", "c # d"])
      #expect(
        message { try PromptFile.text(folder) }
          == "\(folder) is a folder, not a file of prompts; name a file in it")
      #expect(
        message { try PromptFile.text("\(folder)/q.txt") }
          == "\(folder)/q.txt does not exist; check --prompts")
      #expect(
        message { try PromptFile.lines(of: "# a\n", named: "q") }
          == "q holds no prompt; write one a line")
    }
  }
}
