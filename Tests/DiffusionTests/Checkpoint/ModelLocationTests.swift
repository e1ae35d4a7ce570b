import Diffusion
import Files
import Foundation
import NN
import TestSupport
import Testing
import Torch

/// Where models are found, and what they are computed in.
struct ModelLocationTests {
  private static let commit = "451f4fe16113bff5a5d2269ed5ad43b0592e9a14"

  /// Puts an empty model into a hub cache at `hub`.
  private func cache(_ model: String, revision: String = "main", in hub: String) throws -> String {
    let root = "\(hub)/models--\(model.replacing("/", with: "--"))"
    try TinyModel.write(Self.commit + "\n", to: "\(root)/refs/\(revision)")
    try TinyModel.write("{}", to: "\(root)/snapshots/\(Self.commit)/model_index.json")
    return "\(root)/snapshots/\(Self.commit)"
  }

  @Test("a path is a folder or a file")
  func paths() throws {
    try withTemporaryFolder { folder in
      try TinyModel.write("", to: "\(folder)/x.ckpt")
      #expect(try ModelLocation(resolving: folder, environment: [:]) == .folder(folder))
      let file = try ModelLocation(resolving: "\(folder)/x.ckpt", environment: [:])
      #expect(file == .file("\(folder)/x.ckpt"))
      #expect(file.path == "\(folder)/x.ckpt")
    }
  }

  @Test(
    "the hub's cache is where the environment says, the most exact variable first",
    arguments: [
      (["HF_HUB_CACHE": "/a", "HF_HOME": "/b", "XDG_CACHE_HOME": "/c", "HOME": "/d"], "/a"),
      (["HUGGINGFACE_HUB_CACHE": "/a", "HF_HOME": "/b", "HOME": "/d"], "/a"),
      (["HF_HOME": "/b", "XDG_CACHE_HOME": "/c", "HOME": "/d"], "/b/hub"),
      (["XDG_CACHE_HOME": "/c", "HOME": "/d"], "/c/huggingface/hub"),
      (["HOME": "/d"], "/d/.cache/huggingface/hub"),
    ])
  func places(environment: [String: String], hub: String) throws {
    try withTemporaryFolder { folder in
      let snapshot = try cache("org/name", in: folder + hub)
      let environment = environment.mapValues { folder + $0 }
      let found = try ModelLocation(resolving: "org/name", environment: environment)
      #expect(found == .folder(snapshot))
    }
  }

  @Test("a revision is a reference or a commit")
  func revisions() throws {
    try withTemporaryFolder { folder in
      let environment = ["HF_HUB_CACHE": folder]
      let snapshot = try cache("org/name", revision: "fp16", in: folder)
      for name in ["org/name@fp16", "org/name@\(Self.commit)"] {
        #expect(try ModelLocation(resolving: name, environment: environment) == .folder(snapshot))
      }
      let text = message {
        try ModelLocation(resolving: "org/name", environment: environment)
      }
      #expect(text.hasPrefix("there is no model “org/name”; "))
    }
  }

  @Test("an id of one word is a model too")
  func oneWord() throws {
    try withTemporaryFolder { folder in
      let snapshot = try cache("gpt2", in: folder)
      let found = try ModelLocation(resolving: "gpt2", environment: ["HF_HUB_CACHE": folder])
      #expect(found == .folder(snapshot))
    }
  }

  @Test("what is nowhere is told with the places looked at")
  func notFound() throws {
    let installed = try InstalledModels().names()
    let advice =
      "Give a diffusers folder, a .safetensors or .ckpt file, or the id of a model in the local Hugging Face cache "
      + "(nothing is downloaded)"
      + (installed.isEmpty
        ? "" : ", or a model that comes with the program: \(installed.joined(separator: ", "))")
    let environment = ["HF_HUB_CACHE": "/no/cache"]
    #expect(
      message { try ModelLocation(resolving: "org/name", environment: environment) }
        == "there is no model “org/name”; looked for org/name, /no/cache/models--org--name. \(advice)"
    )
    for path in ["/no/such/folder", "../../no/such", "a/../..", "org/name/more", ""] {
      #expect(
        message { try ModelLocation(resolving: path, environment: environment) }
          == "there is no model “\(path)”; looked for \(path). \(advice)")
    }
  }

  @Test("a precision is a placement")
  func placements() {
    #expect(Precision.fp32.placement(on: .cpu) == Placement(dtype: .float32))
    #expect(Precision.bf16.placement(on: .cpu) == Placement(dtype: .bfloat16))
    #expect(
      Precision.fp16.placement(on: .cpu) == Placement(dtype: .float32, rounding: .float16))
    let gpu = Device.cuda(0)
    #expect(Precision.fp16.placement(on: gpu) == Placement(device: gpu, dtype: .float16))
    #expect(Precision.automatic.placement(on: gpu) == Placement(device: gpu, dtype: .bfloat16))
    #expect(
      Precision.automatic.placement(on: .cpu).dtype
        == (Machine.hasFastBFloat16 ? .bfloat16 : .float32))
    #expect((Precision.bf16.warning(on: .cpu) == nil) == Machine.hasFastBFloat16)
    #expect(Precision.bf16.warning(on: gpu) == nil)
    #expect(Precision.automatic.warning(on: .cpu) == nil)
  }
}
