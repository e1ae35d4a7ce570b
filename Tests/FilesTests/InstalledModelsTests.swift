import Files
import Foundation
import Testing

/// Models that come with the program, by their names.
struct InstalledModelsTests {
  /// Runs `body` with a folder of weights: two models, and something that is none.
  private func withWeights(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    for file in [
      "weights/shapes/model_index.json", "weights/shapes/clip/config.json",
      "weights/letters/model_index.json", "weights/notes/README.md", "model_index.json",
    ] {
      let url = folder.appendingPathComponent(file)
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data("{}".utf8).write(to: url)
    }
    try body("\(folder.path)/weights")
  }

  @Test("a folder in diffusers' layout is a model, and the first place that is there counts")
  func names() throws {
    try withWeights { weights in
      let names = try InstalledModels(folders: ["/nowhere", weights, "/"]).names()
      #expect(names == ["letters", "shapes"])
      #expect(try InstalledModels(folders: ["/nowhere"]).names() == [])
    }
  }

  @Test("a name is a model's, or that of something in it")
  func paths() throws {
    try withWeights { weights in
      let models = InstalledModels(folders: [weights])
      #expect(models.path(of: "shapes") == "\(weights)/shapes")
      #expect(models.path(of: "shapes/clip") == "\(weights)/shapes/clip")
      for name in ["notes", "shapes/vae", "shapes/../notes", "../weights/shapes", "", ".", "/etc"] {
        #expect(models.path(of: name) == nil, "\(name)")
      }
    }
  }

  @Test("a model's name is found before a path, and that before the cache of the hub")
  func precedence() throws {
    try withWeights { weights in
      let models = InstalledModels(folders: [weights])
      let environment = ["HF_HUB_CACHE": "/nowhere"]
      func found(_ name: String) -> StoredPath {
        StoredPath(resolving: name, environment: environment, installed: models)
      }
      #expect(found("shapes") == .folder("\(weights)/shapes"))
      #expect(found("./shapes") == .absent(looked: ["./shapes"]))
      #expect(found("shapes/clip/config.json") == .file("\(weights)/shapes/clip/config.json"))
      #expect(found("\(weights)/letters") == .folder("\(weights)/letters"))
      #expect(found("/") == .folder("/"))
      #expect(
        found("org/name") == .absent(looked: ["org/name", "/nowhere/models--org--name"]))
    }
  }

  @Test("the places are those of the package and of an installation")
  func installed() {
    #expect(
      InstalledModels().folders.contains { $0.hasSuffix("/share/raft-diffuse/weights") })
  }
}
