import Recipes
import Testing

@Suite("Recipes that a model carries")
struct ModelRecipesTests {
  private static let files = [
    "raft-diffuse.yaml": "name: small\nres: 64\nreward: {clip: clip}\n",
    "raft-diffuse.prompts.yaml": "name: prompts\nres: 32\n",
    "raft-diffuse.a.b.yaml": "", "other.yaml": "", "model_index.json": "{}",
  ]

  @Test("settings suit every recipe, and the model's own recipe lies above them")
  func layers() throws {
    try withFiles(Self.files) { folder in
      let model = ModelRecipes(folder: folder)
      let settings = try #require(try model.settings())
      #expect(settings.text(of: .rewardCLIP) == "clip")
      let own = try #require(try model.recipe(named: "prompts"))
      #expect(own.text(of: .res) == "32")
      #expect(!own.gives(.rewardCLIP))
      // The settings are that recipe already.
      let same = try #require(try model.recipe(named: "small"))
      #expect(RecipeKey.allCases.allSatisfy { !same.gives($0) })
      #expect(try model.names() == ["prompts", "small"])
    }
  }

  @Test("a file is no recipe of the model's, and a model need carry none")
  func none() throws {
    try withFiles(Self.files) { folder in
      let model = ModelRecipes(folder: folder)
      for name in ["resolution-256", "a", "b", "a.b", "./prompts", "prompts.yaml"] {
        let own = try model.recipe(named: name)
        #expect(own == nil, "\(name)")
      }
    }
    try withFiles(["model_index.json": "{}"]) { folder in
      let model = ModelRecipes(folder: folder)
      let settings = try model.settings()
      #expect(settings == nil)
      #expect(try model.names() == [])
      let own = try model.recipe(named: "small")
      #expect(own == nil)
    }
    #expect(try ModelRecipes(folder: "/no/such.ckpt").names() == [])
  }
}
