import Alignment
import Diffusion
import Foundation
import LoRA
import NN
import Policies
import Recipes
import TestSupport
import Testing

@Suite("A recipe as a policy's settings")
struct RecipePolicyTests {
  @Test("the published recipe's numbers are those that the policy samples and learns with")
  func published() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().appending(path: "recipes").path
    let file = try RecipeCatalog(folders: [folder]).file(of: "resolution-256-published")
    let recipe = try RecipeResolution(of: [RecipeLayer(file: file)]).recipe
    let settings = try DiffusionPolicy.Settings(recipe)
    #expect(
      settings.collecting
        == SamplerSettings(kind: .dpmSolver, steps: 50, guidance: 7.5, eta: 0))
    #expect(settings.width == 256 && settings.height == 256 && settings.negativePrompt == "")
    let tuning = settings.tuning
    #expect(tuning.source == .images)
    #expect(tuning.steps == 80 && tuning.batch == 8 && tuning.accumulation == 1)
    #expect(tuning.learningRate == 9e-6 && tuning.schedule == .constant && tuning.warmup == 0)
    #expect(tuning.maximalGradientNorm == 1 && tuning.usesCheckpointing)
    #expect(!tuning.isGuidanceAware && !tuning.beginsFromBase)
    #expect(tuning.promptDropout == 0 && tuning.averaging == 0 && tuning.preservation == 0)
    guard case .adamW(let options) = tuning.optimizer else {
      Issue.record("the optimiser is \(tuning.optimizer)")
      return
    }
    #expect((options.meanDecay, options.squareDecay) == (0.9, 0.999))
    #expect(options.epsilon == 1e-8 && options.weightDecay == 0.01)
    let plan = try AdapterPlan(recipe.adapter)
    #expect(plan.layers == [.attention] && plan.rank == 4 && plan.alpha == nil)
    #expect(plan.initialisation == .gaussian && plan.dropout == 0)
  }

  @Test("every setting that a policy has comes from its key")
  func others() throws {
    var recipe = Session.recipe { recipe in
      recipe.rounds.fromBase = true
      recipe.prompts.negative = "blurry"
      recipe.tuning.optimizer = "sgd"
      recipe.tuning.weightDecay = 0.2
      recipe.tuning.clip = 0
      recipe.tuning.schedule = "cosine"
      recipe.tuning.warmup = 2
      recipe.tuning.accumulation = 4
      recipe.tuning.guidanceAware = true
      recipe.tuning.captionDropout = 0.1
      recipe.tuning.averaging = 0.9
      recipe.tuning.preservation = 0.25
      recipe.adapter.alpha = 8
      recipe.adapter.targets = ["linear", "text-encoder", "to_q"]
    }
    let settings = try DiffusionPolicy.Settings(recipe)
    #expect(settings.collecting == SamplerSettings(kind: .ddim, steps: 2, guidance: 3, eta: 0.5))
    #expect(settings.negativePrompt == "blurry")
    let tuning = settings.tuning
    #expect(tuning.beginsFromBase && tuning.isGuidanceAware && tuning.source == .latents)
    #expect(tuning.maximalGradientNorm == nil && tuning.schedule == .cosine && tuning.warmup == 2)
    #expect(tuning.accumulation == 4 && tuning.promptDropout == 0.1)
    #expect(tuning.averaging == 0.9 && tuning.preservation == 0.25)
    var options = SGD.Options()
    options.weightDecay = 0.2
    #expect(tuning.optimizer == .sgd(options))
    let plan = try AdapterPlan(recipe.adapter)
    #expect(plan.layers == [.linear, .textEncoder, .named("to_q")] && plan.alpha == 8)
    #expect(plan.initialisation == .peft)
    recipe.collecting.sampler = nil
    #expect(try DiffusionPolicy.Settings(recipe).collecting.kind == nil)
  }

  @Test("each sampler, schedule and beginning is found by its name")
  func names() throws {
    for kind in SamplerKind.allCases {
      let recipe = Session.recipe { $0.collecting.sampler = kind.rawValue }
      #expect(try DiffusionPolicy.Settings(recipe).collecting.kind == kind)
    }
    for shape in LearningRateSchedule.Shape.allCases {
      let recipe = Session.recipe { $0.tuning.schedule = shape.rawValue }
      #expect(try DiffusionPolicy.Settings(recipe).tuning.schedule == shape)
    }
    for initialisation in FactorInitialisation.allCases {
      let recipe = Session.recipe { $0.adapter.initialisation = initialisation.rawValue }
      #expect(try AdapterPlan(recipe.adapter).initialisation == initialisation)
    }
  }

  @Test("a name that nothing has is refused with those that there are")
  func unknown() {
    func refusal(_ change: (inout Recipe) -> Void) -> String {
      let recipe = Session.recipe(change)
      return message {
        _ = try DiffusionPolicy.Settings(recipe)
        return try AdapterPlan(recipe.adapter)
      }
    }
    #expect(
      refusal { $0.collecting.sampler = "dimm" }
        == "there is no sampler “dimm”; there are ddim, pndm, euler, euler-a, dpm++2m, "
        + "dpm++2m-karras, ddpm")
    #expect(
      refusal { $0.tuning.schedule = "step" }
        == "there is no schedule “step”; there are constant, linear, cosine")
    #expect(
      refusal { $0.tuning.optimizer = "lion" }
        == "there is no optimizer “lion”; use adamw or sgd")
    #expect(
      refusal { $0.adapter.initialisation = "zero" }
        == "there is no init “zero”; there are peft, gaussian")
  }
}
