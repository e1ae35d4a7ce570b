import CLIPReward
import Diffusion
import LoRA
import NN
import Recipes
import Testing

@Suite("Choices of recipes")
struct RecipeChoicesTests {
  @Test("recipes know every choice that the libraries offer, by the same names")
  func names() {
    #expect(RecipeKey.samplers == SamplerKind.allCases.map(\.rawValue))
    #expect(RecipeKey.clipScales == TextImageReward.Scale.allCases.map(\.rawValue))
    #expect(RecipeKey.mixes == ScoreScale.allCases.map(\.rawValue))
    #expect(RecipeKey.scopes == ScoreScope.allCases.map(\.rawValue))
    #expect(RecipeKey.initialisations == FactorInitialisation.allCases.map(\.rawValue))
    #expect(RecipeKey.schedules == LearningRateSchedule.Shape.allCases.map(\.rawValue))
  }
}
