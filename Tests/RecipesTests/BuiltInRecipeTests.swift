import Files
import Foundation
import RAFT
import Recipes
import Testing

@Suite("The recipes that come with the program")
struct BuiltInRecipeTests {
  @Test("the published recipe has every number of the authors' run")
  func published() throws {
    let recipe = try builtIn("resolution-256-published").recipe
    #expect(recipe.name == "resolution-256-published")
    #expect(recipe.model == "runwayml/stable-diffusion-v1-5")
    #expect(recipe.width == 256 && recipe.height == 256)
    #expect(recipe.seed == 1234)
    #expect(
      recipe.prompts.train == [
        "airplane", "automobile", "bird", "deer", "dog", "cat", "frog", "horse", "ship", "truck",
      ])
    #expect(recipe.prompts.negative.isEmpty)

    #expect(recipe.collecting.sampler == "dpm++2m")
    #expect(recipe.collecting.steps == 50)
    #expect(recipe.collecting.guidance == 7.5)
    #expect(recipe.collecting.eta == 0)
    #expect(recipe.evaluating.sampling == recipe.collecting)

    #expect(recipe.reward.terms == ["aesthetic"])
    #expect(recipe.reward.clip == "openai/clip-vit-large-patch14")
    #expect(recipe.watch == nil)

    #expect(recipe.rounds.count == 10)
    #expect(recipe.rounds.prompts == nil)
    #expect(recipe.rounds.samplesPerPrompt == 10)
    #expect(recipe.rounds.beta == 0)
    #expect(!recipe.rounds.replay && !recipe.rounds.fromBase)
    #expect(recipe.rounds.samplesFrom == nil)
    #expect(recipe.rounds.generator == nil && recipe.rounds.generatorAdapter == nil)
    #expect(recipe.selection == Selection(.localThenTop(prompts: 8)))
    #expect(!recipe.control)

    #expect(recipe.adapter.rank == 4)
    #expect(recipe.adapter.alpha == nil)
    #expect(recipe.adapter.targets == ["attention"])
    #expect(recipe.adapter.initialisation == "gaussian")
    #expect(recipe.adapter.dropout == 0 && recipe.adapter.from == nil)

    #expect(recipe.tuning.source == .images)
    #expect(recipe.tuning.steps == 80)
    #expect(recipe.tuning.batch == 8 && recipe.tuning.accumulation == 1)
    #expect(recipe.tuning.optimizer == "adamw")
    #expect(recipe.tuning.learningRate == 9e-6)
    #expect(recipe.tuning.schedule == "constant" && recipe.tuning.warmup == 0)
    #expect(recipe.tuning.weightDecay == 1e-2)
    #expect([recipe.tuning.beta1, recipe.tuning.beta2] == [0.9, 0.999])
    #expect(recipe.tuning.epsilon == 1e-8)
    #expect(recipe.tuning.clip == 1)
    #expect(recipe.tuning.checkpointing)
    #expect(!recipe.tuning.guidanceAware)
    #expect(recipe.tuning.captionDropout == 0 && recipe.tuning.averaging == 0)
    #expect(recipe.tuning.preservation == 0)
    #expect(recipe.stopping.patience == 0)
    #expect(recipe.stopping.seconds == nil && recipe.stopping.samples == nil)
  }

  @Test("ours for 256 px differs from the published one in what it says, and in nothing else")
  func differences() throws {
    let ours = try builtIn("resolution-256").recipe
    let published = try builtIn("resolution-256-published").recipe
    #expect(
      ours.differences(from: published).map { $0.description(of: "published") } == [
        "seed: 0 here, 1234 published",
        "control: true here, false published",
        "collecting.steps: 20 here, 50 published",
        "evaluating.steps: 20 here, 50 published",
        "evaluating.dev-images: 2 here, 1 published",
        "evaluating.test-images: 2 here, 1 published",
        "watch.terms: clip here, null published",
        "watch.clip: openai/clip-vit-large-patch14 here, null published",
        "watch.clip-scale: cosine here, null published",
        "tuning.train-on: latents here, images published",
        "tuning.guidance-aware: true here, false published",
        "stopping.patience: 3 here, 0 published",
      ])
    #expect(ours.differences(from: ours).isEmpty)
  }

  @Test("differences in prompts are told by their numbers")
  func promptDifferences() throws {
    let ours = try builtIn("resolution-256").recipe
    var other = ours
    other.prompts.train = []
    #expect(
      ours.differences(from: other).map { $0.description(of: "there") }
        == ["prompts.train: 10 prompts (airplane…) here, no prompts there"])
  }

  @Test("prompt-alignment scores texts at 512 px, with objects of its own in each split")
  func alignment() throws {
    let recipe = try builtIn("prompt-alignment").recipe
    #expect(recipe.width == 512 && recipe.height == 512)
    #expect(recipe.reward.terms == ["clip"])
    let prompts = recipe.prompts
    #expect(prompts.train.count == 144)
    #expect(prompts.dev.count == 48 && prompts.test.count == 48)
    #expect(prompts.dev.prefix(2) == ["watercolor style cat", "watercolor style horse"])
  }

  @Test(
    "CIFAR-100's names are dealt to dev and test",
    arguments: [
      "resolution-256", "resolution-256-published",
    ])
  func outOfDomain(name: String) throws {
    let resolution = try builtIn(name)
    let prompts = resolution.recipe.prompts
    #expect(prompts.dev.count == 10 && prompts.test.count == 90)
    #expect(prompts.dev.prefix(3) == ["apple", "bowl", "chair"])
    #expect(prompts.test.contains("aquarium fish"))
    #expect(resolution.notes.isEmpty)
  }

  @Test(
    "the files of prompts have the numbers of prompts that they should",
    arguments: [
      ("cifar10", 10), ("cifar100", 100), ("simple-animals", 45), ("styles", 12), ("objects", 20),
    ])
  func promptFiles(name: String, count: Int) throws {
    let path = "\(repository)/prompts/\(name).txt"
    let prompts = try PromptFile.lines(of: PromptFile.text(path), named: path)
    #expect(prompts.count == count && Set(prompts).count == count)
  }

  @Test("every key stands in every recipe below a comment", arguments: builtInNames)
  func documented(name: String) throws {
    let lines = try String(contentsOfFile: catalog.file(of: name), encoding: .utf8)
      .split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
    var section: String?
    var keys: [String] = []
    for (index, line) in lines.enumerated() where !line.hasPrefix("#") {
      let key = String(line.prefix { $0 != ":" })
      let isSection =
        line.hasSuffix(":")
        && RecipeKey.allCases.contains {
          $0.rawValue.hasPrefix(key + ".")
        }
      if isSection { section = key }
      let path = section.map { isSection ? $0 : "\($0).\(key)" } ?? key
      guard isSection || RecipeKey(rawValue: path) != nil else { continue }
      keys.append(path)
      #expect(index > 0 && lines[index - 1].hasPrefix("#"), "\(path)")
    }
    let missing = RecipeKey.allCases.map(\.rawValue).filter {
      !keys.contains($0) && !$0.hasPrefix("watch.")
    }
    #expect(missing.isEmpty)
  }

  @Test("no recipe that is shipped is rewarded or watched by a program, such as the oracle")
  func noPrograms() throws {
    let model = "\(repository)/weights/shapes"
    let own = try FolderListing.names(in: model).filter { $0.hasSuffix(".yaml") }.sorted()
    #expect(!own.isEmpty)
    for path in try builtInNames.map(catalog.file) + own.map({ "\(model)/\($0)" }) {
      let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        .filter { !$0.trimmingCharacters(in: .whitespaces).hasPrefix("#") }
      for word in ["command:", "http:", "https:", "oracle"] {
        #expect(!lines.contains { $0.contains(word) }, "\(path): \(word)")
      }
    }
  }

  @Test("a recipe is found by its name or its path, and what is not found is told")
  func finding() throws {
    #expect(try catalog.names() == builtInNames)
    #expect(
      RecipeCatalog.installedFolders.contains { $0.hasSuffix("/share/raft-diffuse/recipes") })
    #expect(try catalog.file(of: "my/own.yaml") == "my/own.yaml")
    #expect(
      message { try catalog.file(of: "resolution-265") }
        == "no recipe is called “resolution-265”; did you mean “resolution-256”?")
    #expect(
      message { try catalog.file(of: "gardening") }
        == "no recipe is called “gardening”; there are prompt-alignment, resolution-256, "
        + "resolution-256-published, or give a file")
    #expect(
      message { try RecipeCatalog(folders: ["/nowhere", "/else"]).file(of: "x") }
        == "the recipe “x” is not found: there are no recipes in /nowhere, /else; set "
        + "RAFT_DIFFUSE_DATA, or give a file")
  }
}
