import Foundation
import Imaging
import NN
import Testing
import Torch

/// `sample` on a tiny model, as a user calls it.
struct SampleTests {
  let folder: TestFolder

  init() throws { folder = try TestFolder() }

  @Test("images are named by prompt and seed, and their paths are the output")
  func names() throws {
    let run = try folder.sample([
      "--prompt", "a red fox", "--prompt", "a castle", "--images-per-prompt", "2", "--out", "made",
    ])
    #expect(run.status == 0)
    #expect(run.errors == "")
    #expect(run.lines == ["made/000-1.png", "made/000-2.png", "made/001-1.png", "made/001-2.png"])
    #expect(folder.files == run.lines)
    let images = try run.lines.map { try PNG.read(folder.path($0)) }
    #expect(images.allSatisfy { $0.width == 64 && $0.height == 64 })
    #expect(Set(images.map(\.pixels)).count == 4)
  }

  @Test("--json prints one object that tells all of a run")
  func json() throws {
    let run = try folder.sample([
      "--prompt", "a red fox", "--negative", "blurry", "--res", "72x64", "--json", "--grid",
      "g.png",
      "--save-latents", "l.safetensors", "--batch", "1", "--threads", "1",
    ])
    #expect(run.status == 0)
    #expect(run.lines.count == 1)
    let object = try run.json()
    #expect(
      Set(object.keys) == [
        "images", "requested", "grid", "latents", "sampler", "steps", "width", "height",
        "precision", "device", "threads", "batch", "load_seconds", "first_step_seconds",
        "seconds_per_step", "decode_seconds", "total_seconds", "peak_memory_bytes",
        "start_to_first_step_begin_seconds", "start_to_first_step_seconds",
      ])
    let seconds = try [
      "start_to_first_step_begin_seconds", "start_to_first_step_seconds", "total_seconds",
    ].map { try #require(object[$0] as? Double) }
    #expect(0 <= seconds[0] && seconds[0] <= seconds[1])
    let image = try #require((object["images"] as? [[String: Any]])?.first)
    #expect(image["path"] as? String == "images/000-1.png")
    #expect(image["prompt"] as? String == "a red fox")
    #expect(image["negative_prompt"] as? String == "blurry")
    #expect(image["seed"] as? Int == 1)
    #expect(object["grid"] as? String == "g.png")
    #expect(object["latents"] as? String == "l.safetensors")
    #expect(object["sampler"] as? String == "pndm")
    #expect(object["precision"] as? String == "fp32")
    #expect(object["device"] as? String == "cpu")
    let numbers = ["requested", "steps", "width", "height", "threads", "batch"].map {
      object[$0] as? Int
    }
    #expect(numbers == [1, 2, 72, 64, 1, 1])
  }

  @Test("a prompt file's blank lines and comments are no prompts")
  func promptFile() throws {
    try folder.write("\u{FEFF}# foxes\n\na red fox\r\n   a café — № 7  \n# end", to: "prompts.txt")
    let run = try folder.sample(["--prompts", "prompts.txt", "--prompt", "first", "--json"])
    let images = try #require(try run.json()["images"] as? [[String: Any]])
    #expect(images.map { $0["prompt"] as? String } == ["first", "a red fox", "a café — № 7"])
  }

  @Test("any batch size gives the same images within a grey level", arguments: ["fp32", "bf16"])
  func batches(_ precision: String) throws {
    let arguments = [
      "--prompt", "a red fox", "--prompt", "a castle", "--images-per-prompt", "2", "--precision",
      precision, "--sampler", "euler-a",
    ]
    for batch in ["1", "3", "4"] {
      #expect(try folder.sample(arguments + ["--batch", batch, "--out", batch]).status == 0)
    }
    for name in ["000-1", "000-2", "001-1", "001-2"] {
      let one = try PNG.read(folder.path("1/\(name).png"))
      for batch in ["3", "4"] {
        let other = try PNG.read(folder.path("\(batch)/\(name).png"))
        #expect(distance(one, other) <= 1, "\(name), batch of \(batch)")
      }
    }
  }

  @Test("saved latents are fp32 for every image, in order")
  func latents() throws {
    let run = try folder.sample([
      "--prompt", "a", "--prompt", "b", "--res", "64x80", "--save-latents", "l.safetensors",
    ])
    #expect(run.status == 0)
    let file = try CheckpointFile.open(folder.path("l.safetensors"))
    let entry = try file.entry("latents")
    #expect(file.names == ["latents"])
    #expect(entry.shape == [2, 4, 10, 8])
    #expect(entry.dtype == .float32)
  }

  @Test("noise from files replaces the drawn noise, bit for bit")
  func givenNoise() throws {
    let generators = try [1, 2].map { try Generator(seed: $0) }
    let initial = try Tensor.stacked(generators.map { try $0.normal([4, 8, 8]) })
    var steps: [Tensor] = []
    for _ in 0..<2 {
      steps.append(try Tensor.stacked(generators.map { try $0.normal([4, 8, 8]) }))
    }
    try write(initial, "latents", "i.safetensors")
    try write(Tensor.stacked(Array(steps)), "noise", "s.safetensors")
    let arguments = [
      "--prompt", "a red fox", "--images-per-prompt", "2", "--sampler", "euler-a", "--batch", "2",
    ]
    #expect(try folder.sample(arguments + ["--out", "drawn", "--save-latents", "d"]).status == 0)
    let given = try folder.sample(
      arguments + [
        "--out", "given", "--save-latents", "g", "--initial-latents", "i.safetensors",
        "--step-noise", "s.safetensors",
      ])
    #expect(given.errors == "")
    #expect(try folder.data("d") == folder.data("g"))
    // The seed alone does not make such an image again, so its record claims no command.
    let report = try Command.run(["inspect", "--json", "given/000-2.png"], in: folder.root).json()
    let record = try #require(report["record"] as? [String: Any])
    #expect(record["command"] == nil)
    #expect(record["initial_latents"] as? String == "i.safetensors")
    #expect(record["index_in_noise"] as? Int == 1)
  }

  @Test("a grid has a row a prompt and a column a seed")
  func grid() throws {
    let run = try folder.sample([
      "--prompt", "a red fox", "--prompt", "a castle", "--images-per-prompt", "3", "--grid", "g",
    ])
    #expect(run.status == 0)
    let grid = try PNG.read(folder.path("g"))
    #expect(grid.width > 3 * 64)
    #expect(grid.height > 2 * 64)
  }

  @Test("files that exist are replaced only with --force")
  func force() throws {
    #expect(try folder.sample(["--prompt", "a"]).status == 0)
    let before = try folder.data("images/000-1.png")
    let again = try folder.sample(["--prompt", "b"])
    #expect(again.status == 74)
    #expect(
      again.errors
        == "raft-diffuse: images/000-1.png exists; choose another place, or replace it with --force\n"
    )
    #expect(try folder.data("images/000-1.png") == before)
    #expect(try folder.sample(["--prompt", "b", "--force"]).status == 0)
    #expect(try folder.data("images/000-1.png") != before)
  }

  @Test("a drawn seed is reported, and gives the same image again")
  func drawnSeed() throws {
    let run = try folder.sample(["--prompt", "a", "no--seed"], quiet: false)
    let words = run.errors.split(separator: " ")
    let seed = try #require(UInt32(words[1]))
    #expect(run.errors.hasPrefix("seed \(seed) was drawn; --seed \(seed) makes the same again\n"))
    #expect(run.lines == ["images/000-\(seed).png"])
  }

  @Test("progress is plain lines where standard error is no terminal, and none with --quiet")
  func progress() throws {
    let run = try folder.sample(["--prompt", "a", "--steps", "3"], quiet: false)
    let lines = run.errors.split(separator: "\n")
    #expect(lines.allSatisfy { $0.hasPrefix("step ") && !$0.contains("\r") })
    #expect(lines.first?.hasPrefix("step 1/4 · image 1 of 1 · ") == true)
    #expect(lines.last?.hasPrefix("step 4/4 · image 1 of 1 · ") == true)
    #expect(lines.last?.hasSuffix(" in all") == true)
  }

  @Test("a prompt that is too long is cut off with a warning, or kept with --long-prompts")
  func truncation() throws {
    let prompt = Array(repeating: "fox", count: 80).joined(separator: " ")
    let run = try folder.sample(["--prompt", prompt], quiet: false)
    #expect(run.status == 0)
    #expect(
      run.errors.hasPrefix(
        "warning: the model sees 75 tokens of a prompt; this was cut off: “"))
    #expect(run.errors.contains("” (--long-prompts keeps it)\n"))
    let long = try folder.sample(["--prompt", prompt, "--long-prompts", "--force"], quiet: false)
    #expect(!long.errors.contains("warning"))
  }

  @Test("bf16 warns on a processor without it, and auto takes fp32 there")
  func bfloat16() throws {
    let old = ["ONEDNN_MAX_CPU_ISA": "AVX2", "ATEN_CPU_CAPABILITY": "avx2"]
    let run = try folder.sample(
      ["--prompt", "a", "--precision", "bf16"], quiet: false, environment: old)
    #expect(run.status == 0)
    #expect(
      run.errors.hasPrefix(
        """
        warning: this processor has no bf16 arithmetic (AVX512-BF16 or AMX), so bf16 is slower here \
        than fp32; fp32 or auto is the better choice

        """))
    let automatic = try folder.sample(
      ["--prompt", "a", "--precision", "auto", "--force", "--json"], environment: old)
    #expect(try automatic.json()["precision"] as? String == "fp32")
  }

  @Test(
    "where the checkpoint's own sampler is not built, the one that takes its place is told",
    arguments: [
      (["_class_name": "UniPCMultistepScheduler"], [], "UniPCMultistepScheduler"),
      (["_class_name": "UniPCMultistepScheduler"], ["--sampler", "pndm"], nil),
      (
        ["_class_name": "DPMSolverMultistepScheduler", "algorithm_type": "sde-dpmsolver++"], [],
        "sde-dpmsolver++"
      ),
      (
        ["_class_name": "DPMSolverMultistepScheduler", "algorithm_type": "dpmsolver++"], [], nil
      ),
    ] as [([String: String], [String], String?)])
  func substitution(_ changes: [String: String], _ arguments: [String], _ name: String?) throws {
    try folder.copyModel()
    try folder.edit("model/scheduler/scheduler_config.json", changes)
    let run = try folder.sample(["--prompt", "a"] + arguments, model: "model", quiet: false)
    #expect(run.status == 0)
    let warnings = run.errors.split(separator: "\n").filter { $0.hasPrefix("warning: ") }
    switch name {
    case nil: #expect(warnings.isEmpty)
    case "sde-dpmsolver++":
      #expect(
        warnings == [
          """
          warning: the model asks for DPM-Solver's algorithm sde-dpmsolver++, which is not built \
          here; sampling with dpm++2m, which is deterministic (--sampler chooses another)
          """
        ])
    default:
      #expect(
        warnings == [
          """
          warning: the model names UniPCMultistepScheduler, which is not built here; sampling with \
          pndm (--sampler chooses another)
          """
        ])
    }
  }

  private func write(_ tensor: Tensor, _ name: String, _ file: String) throws {
    try SafetensorsWriter.write([.init(name: name, tensor: tensor)], to: folder.path(file))
  }
}

/// The largest difference between two images' levels; 255 where their sizes differ.
func distance(_ a: RGBImage, _ b: RGBImage) -> Int {
  guard a.width == b.width, a.height == b.height else { return 255 }
  return zip(a.pixels, b.pixels).map { abs(Int($0) - Int($1)) }.max() ?? 0
}
