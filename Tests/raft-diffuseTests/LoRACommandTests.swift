import Foundation
import Imaging
import NN
import Testing
import Torch

@Suite("raft-diffuse lora, and sample --lora", .serialized)
struct LoRACommandTests {
  private let folder: TestFolder

  init() throws {
    folder = try TestFolder()
    try folder.copyModel()
    try Self.write(to: folder.path("fox: red.safetensors"), seed: 1)
    try Self.write(to: folder.path("b.safetensors"), seed: 2)
  }

  @Test(
    "what stands behind the last colon of a file that is there is its scale",
    arguments: [
      ("b.safetensors:abc", "“abc” is no scale; write b.safetensors:0.8."),
      ("b.safetensors:", "“” is no scale; write b.safetensors:0.8."),
      ("b.safetensors:0,5", "“0,5” is no scale; write b.safetensors:0.8."),
      ("b.safetensors:inf", "the scale must be a finite number."),
    ])
  func scales(_ text: String, _ message: String) throws {
    let run = try folder.sample(["--prompt", "x", "--lora", text], model: "model")
    #expect(run.status == 64)
    #expect(run.errors.contains("--lora \(text): \(message)"))
  }

  @Test("an adapter changes the image, and the record says which one and how much of it")
  func record() throws {
    let plain = ["--prompt", "a red fox", "--seed", "1", "--precision", "fp32"]
    #expect(try folder.sample(plain + ["--out", "plain"], model: "model").status == 0)
    let run = try folder.sample(
      plain + ["--lora", "fox: red.safetensors:0.5", "--lora", "b.safetensors", "--json"],
      model: "model")
    #expect(run.status == 0)
    let adapters = try #require(try run.json()["adapters"] as? [[String: Any]])
    #expect(adapters.map { $0["name"] as? String } == ["fox: red", "b"])
    #expect(adapters.map { $0["scale"] as? Double } == [0.5, 1])
    let image = try PNG.read(folder.path("images/000-1.png"))
    #expect(try distance(PNG.read(folder.path("plain/000-1.png")), image) > 8)
    let report = try Command.run(["inspect", "--json", "images/000-1.png"], in: folder.root).json()
    let record = try #require(report["record"] as? [String: Any])
    #expect(record["prompt"] as? String == "a red fox")
    let parameters = try #require(report["parameters"] as? [String: Any])
    #expect(parameters["prompt"] as? String == "a red fox <lora:fox: red:0.5> <lora:b:1>")
    let hash = try #require(adapters[1]["hash"] as? String)
    let settings = try #require(parameters["settings"] as? [String: String])
    #expect(settings["Lora hashes"]?.hasSuffix("b: \(hash.prefix(12))") == true)
    let command = try #require(record["command"] as? [String])
    #expect(
      try Command.run(command.dropFirst() + ["--out", "again", "--quiet"], in: folder.root).status
        == 0)
    #expect(try distance(PNG.read(folder.path("again/000-1.png")), image) <= 1)
  }

  @Test("none of an adapter is no adapter, bit for bit", arguments: ["fp32", "bf16"])
  func none(_ precision: String) throws {
    let plain = ["--prompt", "a", "--precision", precision]
    _ = try folder.sample(plain + ["--out", "p", "--save-latents", "p.st"], model: "model")
    let run = try folder.sample(
      plain + ["--out", "n", "--save-latents", "n.st", "--lora", "b.safetensors:0"],
      model: "model")
    #expect(run.status == 0)
    #expect(try folder.data("p.st") == folder.data("n.st"))
  }

  @Test("a merged model samples what the adapter beside it samples; other files are the same")
  func merge() throws {
    let merging = try lora([
      "merge", "--model", "model", "--lora", "b.safetensors:0.7", "--out", "merged", "--dtype",
      "fp32", "--json",
    ])
    #expect(merging.errors == "")
    #expect(try merging.json()["merged"] as? Int == 3)
    let plain = ["--prompt", "a", "--precision", "fp32"]
    _ = try folder.sample(
      plain + ["--out", "l", "--save-latents", "l.st", "--lora", "b.safetensors:0.7"],
      model: "model")
    _ = try folder.sample(plain + ["--out", "m", "--save-latents", "m.st"], model: "merged")
    let (beside, within) = try (latents("l.st"), latents("m.st"))
    #expect(try (beside - within).norm().item() <= 1e-6 * beside.norm().item())
    for file in [
      "vae/diffusion_pytorch_model.safetensors", "model_index.json", "unet/config.json",
      "tokenizer/merges.txt",
    ] {
      #expect(try folder.data("model/\(file)") == folder.data("merged/\(file)"))
    }
  }

  @Test("a model's folder is replaced with --force alone, and a merge that fails changes nothing")
  func replacing() throws {
    let merging = ["merge", "--model", "model", "--out", "merged", "--lora"]
    #expect(try lora(merging + ["b.safetensors"]).status == 0)
    try folder.write("old", to: "merged/old.txt")
    let before = folder.files
    let again = try lora(merging + ["b.safetensors:0.5"])
    #expect(again.status == 74)
    #expect(
      again.errors
        == "raft-diffuse: merged exists; choose another place, or replace it with --force\n")
    let failed = try lora(merging + ["b.safetensors:1e9", "--dtype", "fp16", "--force"])
    #expect(failed.status == 65, "\(failed.errors)")
    #expect(folder.files == before)
    #expect(try lora(merging + ["b.safetensors:0.5", "--force"]).status == 0)
    #expect(folder.files == before.filter { $0 != "merged/old.txt" })
    let other = try lora(["merge", "--model", "model", "--out", "m", "--lora", "b.safetensors:0.5"])
    #expect(other.status == 0)
    let unet = "unet/diffusion_pytorch_model.safetensors"
    #expect(try folder.data("merged/\(unet)") == folder.data("m/\(unet)"))
  }

  @Test("a kohya file without alpha is noted, once; one in diffusers' form has none by right")
  func noAlpha() throws {
    let file = try CheckpointFile.open(folder.path("b.safetensors"))
    func write(_ name: String, _ keys: [String]) throws {
      let items = try keys.map {
        SafetensorsWriter.Item(name: $0, tensor: try file.entry($0).tensor())
      }
      try SafetensorsWriter.write(items, to: folder.path(name))
    }
    let alphas = file.names.filter { $0.hasSuffix(".alpha") }
    try write("none.safetensors", file.names.filter { !alphas.contains($0) })
    try write("some.safetensors", file.names.filter { !alphas.dropLast().contains($0) })
    let sampling = [
      "--prompt", "a", "--lora", "none.safetensors", "--lora", "none.safetensors:0.5",
    ]
    let note = "none.safetensors stores no alpha: its scale is taken as 1\n"
    #expect(try folder.sample(sampling, model: "model", quiet: false).errors.contains(note))
    #expect(try folder.sample(sampling + ["--out", "q"], model: "model").errors == "")
    let merging = ["merge", "--model", "model", "--lora"]
    #expect(try lora(merging + ["none.safetensors", "--out", "m"]).errors == note)
    #expect(
      try lora(merging + ["some.safetensors", "--out", "n"]).errors
        == "some.safetensors stores no alpha for 2 of its 3 layers: their scale is taken as 1\n")
    #expect(
      try lora(["inspect", "none.safetensors"]).output.contains(
        "  alpha: 2 (the file says none, so it is the rank and the scale is 1)\n"))
    #expect(
      try lora(["inspect", "some.safetensors"]).output.contains(
        " (the file says none for 2 layers, so it is their rank and their scale is 1)\n"))
    let converting = ["convert", "b.safetensors", "--to", "diffusers", "--out", "d.safetensors"]
    #expect(try lora(converting).status == 0)
    #expect(try lora(["diff", "b.safetensors", "d.safetensors"]).errors == "")
  }

  @Test("--allow-partial is named by the commands that have it, until it is given")
  func partial() throws {
    let file = try CheckpointFile.open(folder.path("b.safetensors"))
    var items = try file.names.map {
      SafetensorsWriter.Item(name: $0, tensor: try file.entry($0).tensor())
    }
    items.append(.init(name: "lora_unet_elsewhere.lora_up.weight", tensor: try .ones([2, 2])))
    try SafetensorsWriter.write(items, to: folder.path("p.safetensors"))
    let reason = "raft-diffuse: p.safetensors does not fit in whole; is it a LoRA for another base?"
    let rest = "\n  1 tensors that no layer takes:\n    lora_unet_elsewhere.lora_up.weight\n"
    let merging = ["merge", "--model", "model", "--lora", "p.safetensors", "--out", "m"]
    let refused = try lora(merging)
    #expect(refused.status == 65)
    #expect(refused.errors == "\(reason) (--allow-partial takes what fits)\(rest)")
    let taken = try lora(merging + ["--allow-partial"])
    #expect(taken.status == 0)
    #expect(taken.errors == "warning: p.safetensors was taken in part only:\(rest)")
  }

  @Test("an adapter that rounding takes away is warned of with its share")
  func loss() throws {
    let run = try lora([
      "merge", "--model", "model", "--lora", "b.safetensors:0.0001", "--out", "m", "--dtype",
      "bf16",
    ])
    #expect(run.status == 0)
    #expect(run.errors.hasPrefix("warning: rounding to BF16 took away "))
    #expect(
      run.errors.hasSuffix(
        " % of the adapters' effect; --dtype fp32 keeps it, and so does sampling with --lora\n"))
  }

  @Test("converting there and back leaves no distance", arguments: ["diffusers", "kohya", "peft"])
  func convert(_ form: String) throws {
    let out = form == "peft" ? "other" : "other.safetensors"
    let run = try lora(["convert", "b.safetensors", "--to", form, "--out", out])
    #expect(run.status == 0)
    #expect(run.lines.first?.hasPrefix("other") == true)
    let report = try lora(["diff", "b.safetensors", out, "--model", "model", "--json"]).json()
    let total = try #require(report["total"] as? [String: Any])
    #expect(try #require(total["relative"] as? Double) < 1e-6)
    let again = try lora(["convert", "b.safetensors", "--to", form, "--out", out])
    #expect(again.status == 74)
    #expect(again.errors.hasSuffix("exists; choose another place, or replace it with --force\n"))
  }

  @Test("inspect tells form, ranks, scales and what is changed")
  func inspect() throws {
    let run = try lora(["inspect", "b.safetensors", "--model", "model", "--json"])
    let report = try run.json()
    #expect(report["form"] as? String == "kohya")
    #expect(report["rank"] as? Int == 2)
    #expect(report["scale"] as? Double == 0.5)
    #expect(report["layers"] as? Int == 3)
    #expect(report["relative_change"] is Double)
    let text = try lora(["inspect", "b.safetensors"]).output
    #expect(text.contains("  form: kohya, stored as F32\n  rank: 2\n  alpha: 1\n  scale: 0.5\n"))
  }

  @Test(
    "wrong arguments are told before any work",
    arguments: [
      (["merge", "--model", "model", "--out", "m"], 64, "--lora is missing"),
      (
        ["convert", "b.safetensors", "--to", "kohya", "--out", "x"], 64, "name a .safetensors file"
      ),
      (["convert", "b.safetensors", "--to", "peft", "--out", "x.safetensors"], 64, "is a folder"),
      (
        ["merge", "--model", "model", "--lora", "b.safetensors", "--out", "model"], 64,
        "is the model itself"
      ),
      (["merge", "--model", "model", "--lora", "b.safetensors:inf", "--out", "m"], 64, "finite"),
      (["inspect", "absent"], 66, "absent does not exist; check the path"),
      (["inspect", "model/unet/config.json"], 65, "JSON text"),
    ] as [([String], Int32, String)])
  func wrong(_ arguments: [String], _ status: Int32, _ part: String) throws {
    let run = try lora(arguments)
    #expect(run.status == status)
    #expect(run.errors.contains(part), "\(run.errors)")
  }

  private func lora(_ arguments: [String]) throws -> Command.Run {
    try Command.run(["lora"] + arguments, in: folder.root)
  }

  private func latents(_ name: String) throws -> Tensor {
    try CheckpointFile.open(folder.path(name)).entry("latents").tensor()
  }

  /// An adapter in kohya's form on three layers of the tiny model, rank 2, α 1.
  private static func write(to path: String, seed: UInt64) throws {
    let generator = try Generator(seed: seed)
    var items: [SafetensorsWriter.Item] = []
    for (layer, down, up) in [
      ("lora_unet_mid_block_attentions_0_transformer_blocks_0_attn1_to_q", [2, 32], [32, 2]),
      ("lora_unet_mid_block_resnets_0_conv1", [2, 32, 3, 3], [32, 2, 1, 1]),
      ("lora_te_text_model_encoder_layers_0_mlp_fc1", [2, 32], [64, 2]),
    ] {
      items += [
        .init(name: "\(layer).lora_down.weight", tensor: try generator.normal(down)),
        .init(name: "\(layer).lora_up.weight", tensor: try generator.normal(up)),
        .init(name: "\(layer).alpha", tensor: try Tensor.full([], 1)),
      ]
    }
    try SafetensorsWriter.write(items, to: path)
  }
}
