import Foundation
import NN
import Testing
import Torch

/// `raft-diffuse tune` on the tiny model.
struct TuneTests {
  let folder: TestFolder

  init() throws {
    folder = try TestFolder()
    let latents = try Generator(seed: 1).normal([3, 4, 8, 8])
    try SafetensorsWriter.write(
      [.init(name: "latents", tensor: latents)], to: folder.path("latents.safetensors"))
    try folder.write("a fox\n# none\na castle\nsnow\n", to: "prompts.txt")
  }

  private static let examples = ["--latents", "latents.safetensors", "--prompts", "prompts.txt"]

  private func tune(
    _ arguments: [String], model: String = TestFolder.model,
    examples: [String] = TuneTests.examples
  ) throws -> Command.Run {
    let common = [
      "tune", "--model", model, "--precision", "fp32", "--threads", "1", "--quiet",
    ]
    return try Command.run(
      common + examples + arguments, in: folder.root,
      environment: ["XDG_CACHE_HOME": folder.path("cache")])
  }

  private func refuses(_ status: Int32, _ message: String, _ arguments: [String]) throws {
    let run = try tune(arguments)
    #expect(run.status == status)
    #expect(run.errors.hasPrefix("raft-diffuse: \(message)"))
    #expect(run.output == "")
  }

  @Test("a line a step, a summary, and an adapter that sample takes")
  func steps() throws {
    let run = try tune(["--steps", "3", "--batch", "2", "--out", "a", "--json"])
    #expect(run.status == 0)
    let lines = try run.lines.map {
      try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
    #expect(lines.count == 4)
    #expect(lines.prefix(3).map { $0["step"] as? Int } == [1, 2, 3])
    #expect(Set(lines[0].keys) == ["step", "loss", "lr", "gradient_norm"])
    #expect(lines[3]["steps"] as? Int == 3)
    #expect(lines[3]["peak_memory_bytes"] != nil)
    #expect(
      folder.files.filter { !$0.hasPrefix("cache/") } == [
        "a/a-kohya.safetensors", "a/optimizer.safetensors", "a/pytorch_lora_weights.safetensors",
        "a/state.json", "latents.safetensors", "prompts.txt",
      ])
    let sampled = try folder.sample(["--prompt", "x", "--lora", "a"])
    #expect(sampled.status == 0)
  }

  @Test("a training that was stopped goes on to the same bytes")
  func resumed() throws {
    let common = ["--batch", "2", "--dropout", "0.1", "--seed", "4"]
    #expect(try tune(common + ["--steps", "4", "--out", "whole"]).status == 0)
    #expect(try tune(common + ["--steps", "2", "--out", "parts"]).status == 0)
    #expect(try tune(common + ["--steps", "4", "--out", "parts", "--resume"]).status == 0)
    for name in ["pytorch_lora_weights.safetensors", "optimizer.safetensors"] {
      #expect(try folder.data("whole/\(name)") == folder.data("parts/\(name)"))
    }
    try refuses(
      64,
      "the training in parts cannot go on, because batch was 2 and is 3; give the same options as before",
      ["--batch", "3", "--dropout", "0.1", "--seed", "4", "--out", "parts", "--resume"])
    try refuses(
      74,
      "parts/pytorch_lora_weights.safetensors exists; choose another place, or replace it with --force, "
        + "or go on with --resume", common + ["--out", "parts"])
  }

  @Test("a training goes on with the same model, examples and options alone, and says what differs")
  func others() throws {
    try folder.copyModel()
    let common = ["--out", "a", "--steps", "1", "--batch", "2"]
    #expect(try tune(common, model: "model").status == 0)
    let end = "; give the same options as before\n"
    func refusal(
      _ more: [String], model: String = "model", examples: [String] = TuneTests.examples
    ) throws -> String {
      let run = try tune(common + ["--resume"] + more, model: model, examples: examples)
      #expect(run.status == 64)
      let start = "raft-diffuse: the training in a cannot go on, because "
      #expect(run.errors.hasPrefix(start) && run.errors.hasSuffix(end))
      return String(run.errors.dropFirst(start.count).dropLast(end.count))
    }
    #expect(try refusal(["--beta1", "0.8"]) == "beta1 was 0.9 and is 0.8")
    #expect(
      try refusal(["--schedule", "cosine"])
        == "schedule was \"constant\" and is \"cosine\", scheduled_steps was not set and is 1")
    #expect(try refusal(["--alpha", "2"]) == "the adapter has other layers, ranks or α")
    try folder.write("a fox\na castle\nrain\n", to: "others.txt")
    let examples = "the examples (latents or images, prompts, vocabulary) are others"
    #expect(
      try refusal([], examples: ["--latents", "latents.safetensors", "--prompts", "others.txt"])
        == examples)
    let latents = try Generator(seed: 2).normal([3, 4, 8, 8])
    try SafetensorsWriter.write(
      [.init(name: "latents", tensor: latents)], to: folder.path("others.safetensors"))
    #expect(
      try refusal([], examples: ["--latents", "others.safetensors", "--prompts", "prompts.txt"])
        == examples)

    // Another place is no other model; another weight is.
    try FileManager.default.copyItem(at: folder.url("model"), to: folder.url("other"))
    #expect(try tune(common + ["--resume"], model: "other").status == 0)
    // The last model that was trained with is the one that a saved training names.
    for (model, text) in [
      ("other", "the files of the model \"\(folder.path("other"))\" have changed"),
      (
        "model",
        "the model was \"\(folder.path("other"))\" and is \"\(folder.path("model"))\", which is "
          + "another one"
      ),
    ] {
      let file = "\(model)/unet/diffusion_pytorch_model.safetensors"
      var bytes = try folder.data(file)
      bytes[bytes.count - 4] ^= 1
      try folder.write(bytes, to: file)
      let found = try refusal([], model: model)
      #expect(found.replacing("/private/", with: "/") == text)
    }
  }

  @Test("options that make no sense are told before a model loads")
  func options() throws {
    try refuses(64, "an adapter of rank 0 cannot be; the rank is at least 1.", ["--rank", "0"])
    try refuses(
      64, "a dropout of 1.0 cannot be; it is a share from 0 up to, but not including, 1.",
      ["--dropout", "1"])
    try refuses(
      64, "--lora brings its layers, rank and α along; leave out --targets",
      ["--lora", "x", "--rank", "4"])
    try refuses(64, "the learning rate is inf", ["--lr", "inf"])
    try refuses(64, "the model has no layers “to_x”; name a group", ["--targets", "to_x"])
  }

  @Test("a loss that is no number ends the training, and names step and prompts")
  func diverged() throws {
    let run = try tune([
      "--steps", "20", "--lr", "1e30", "--optimizer", "sgd", "--clip", "0", "--batch", "3",
    ])
    #expect(run.status == 65)
    let parts = try #require(run.errors.wholeMatch(of: /raft-diffuse: in step [0-9]+ (.*); (.*)\n/))
    #expect(["the loss became NaN", "the loss became infinite"].contains(String(parts.1)))
    #expect(
      parts.2
        == "the examples were “a castle”, “a fox”, “snow”. "
        + "Lower the learning rate, clip the gradients, or check the examples. --resume would come to the same step: "
        + "begin from an adapter that was saved, with --lora FILE, a lower --lr and another --out")
    // Factors of 1e30 are not saved.
    #expect(!folder.exists("adapter/pytorch_lora_weights.safetensors"))
    #expect(folder.exists("adapter/optimizer.safetensors"))
  }

  @Test("a divergence leaves what was saved before as it was")
  func divergedLater() throws {
    let common = ["--optimizer", "sgd", "--clip", "0", "--lr", "1e30", "--batch", "3"]
    #expect(try tune(common + ["--steps", "1", "--out", "one"]).status == 0)
    let run = try tune(common + ["--steps", "20", "--save-every", "1", "--out", "many"])
    #expect(run.status == 65)
    let name = "pytorch_lora_weights.safetensors"
    #expect(try folder.data("one/\(name)") == folder.data("many/\(name)"))
  }

  @Test(
    "a training that was killed goes on to the same bytes, also before its first save and in place of another",
    arguments: [3, 50])
  func killed(saveEvery: Int) throws {
    let common = ["--batch", "2", "--seed", "5", "--steps", "12"]
    #expect(try tune(common + ["--out", "whole"]).status == 0)
    #expect(
      try tune(["--batch", "2", "--seed", "4", "--steps", "2", "--out", "parts"]).status == 0)
    let running = try Running(
      Command.executable,
      ["tune", "--model", TestFolder.model, "--precision", "fp32", "--threads", "1"]
        + Self.examples + common + [
          "--save-every", String(saveEvery), "--out", "parts", "--force",
        ],
      in: folder.root, environment: ["XDG_CACHE_HOME": folder.path("cache")])
    // The other training's adapter is gone before the first step.
    for _ in 0..<3000 where try !running.errors.contains("step 1/12") { usleep(10_000) }
    let adapter = "parts/pytorch_lora_weights.safetensors"
    for _ in 0..<3000 where saveEvery == 3 && !folder.exists(adapter) { usleep(10_000) }
    kill(running.process.processIdentifier, SIGKILL)
    _ = try running.end()
    #expect(try tune(common + ["--out", "parts", "--resume"]).status == 0)
    for name in ["pytorch_lora_weights.safetensors", "optimizer.safetensors"] {
      #expect(try folder.data("whole/\(name)") == folder.data("parts/\(name)"))
    }
  }

  @Test("a falling learning rate goes on with equal steps alone")
  func scheduled() throws {
    let common = ["--schedule", "cosine", "--warmup", "1", "--out", "a"]
    #expect(try tune(common + ["--steps", "3"]).status == 0)
    try refuses(
      64,
      "the training in a cannot go on, because scheduled_steps was 3 and is 4; give the same options as before",
      common + ["--steps", "4", "--resume"])
    #expect(try tune(common + ["--steps", "3", "--resume"]).status == 0)
  }

  @Test("nothing is written into the model's own folder")
  func place() throws {
    try folder.copyModel()
    for out in ["model", "model/unet"] {
      let run = try tune(["--steps", "1", "--out", out, "--force"], model: "model")
      #expect(run.status == 64)
      #expect(
        run.errors
          == "raft-diffuse: --out \(out) is the model itself or lies in it; name another place, "
          + "since the model stays as it is\n")
    }
  }

  @Test("where there is nothing to go on with, --resume says so and begins")
  func nothingToResume() throws {
    let run = try Command.run(
      ["tune", "--model", TestFolder.model, "--precision", "fp32", "--steps", "1", "--resume"]
        + Self.examples,
      in: folder.root, environment: ["XDG_CACHE_HOME": folder.path("cache")])
    #expect(run.status == 0)
    #expect(
      run.errors.hasPrefix(
        "warning: adapter holds no training to go on with; beginning at step 1\n"))
  }

  @Test("a state that is damaged is told as the file's fault")
  func damaged() throws {
    #expect(try tune(["--steps", "1"]).status == 0)
    try SafetensorsWriter.write(
      [.init(name: "loss_scale", tensor: try .ones([1]))], metadata: ["raft.settings": "{"],
      to: folder.path("adapter/optimizer.safetensors"))
    try refuses(65, "adapter/optimizer.safetensors is not valid JSON: line 1: ", ["--resume"])
    try SafetensorsWriter.write(
      [.init(name: "loss_scale", tensor: try .ones([1]))],
      to: folder.path("adapter/optimizer.safetensors"))
    try refuses(
      65, "adapter/optimizer.safetensors does not say how its training was asked for; ",
      ["--resume"])
  }

  @Test("a prompt that is cut and a size that is not used are told once")
  func warnings() throws {
    let words = Array(repeating: "fox", count: 80).joined(separator: " ")
    try folder.write(words, to: "prompts.txt")
    let run = try Command.run(
      ["tune", "--model", TestFolder.model, "--precision", "fp32", "--steps", "2", "--res", "64"]
        + Self.examples,
      in: folder.root, environment: ["XDG_CACHE_HOME": folder.path("cache")])
    #expect(run.status == 0)
    #expect(run.errors.components(separatedBy: "this was cut off").count == 2)
    #expect(
      run.errors.contains(
        "warning: --res is for --images; latents are taken in the size that they have\n"))
  }

  @Test("an adapter's notes are of its own training, whatever it began from")
  func notes() throws {
    #expect(try tune(["--steps", "2", "--out", "first"]).status == 0)
    let start = "first/first-kohya.safetensors"
    #expect(try tune(["--steps", "1", "--out", "second", "--lora", start]).status == 0)
    let header = String(
      decoding: try folder.data("second/second-kohya.safetensors").prefix(4000), as: UTF8.self)
    for note in [
      #""raft.steps":"1""#, #""ss_steps":"1""#, #""ss_output_name":"second""#, #""raft.seed":"0""#,
    ] { #expect(header.contains(note)) }
  }

  @Test("latents, prompts and noise must fit each other")
  func misfits() throws {
    try folder.write("a fox\na castle\n", to: "prompts.txt")
    try refuses(
      65,
      "prompts.txt has 2 prompts, but latents.safetensors has 3 latents; write one prompt for each, or one for all",
      [])
    try folder.write("one for all", to: "prompts.txt")
    try SafetensorsWriter.write(
      [
        .init(name: "noise", tensor: try .zeros([2, 1, 4, 8, 9])),
        .init(name: "timesteps", tensor: try Tensor([1, 1000], shape: [2, 1])),
      ], to: folder.path("given.safetensors"))
    try refuses(
      65,
      "given.safetensors has noise of shape [2, 1, 4, 8, 9], but this run needs [2, 1, 4, 8, 8] for these latents",
      ["--given", "given.safetensors"])
  }

  @Test("images are learned from by their captions", arguments: ["txt", "csv", "jsonl"])
  func images(_ kind: String) throws {
    for name in ["one", "two"] {
      try FileManager.default.createDirectory(
        at: folder.url("data"), withIntermediateDirectories: true)
      let made = try folder.sample(["--prompt", name, "--out", "made-\(name)"])
      #expect(made.status == 0)
      let image = try #require(made.lines.first)
      try folder.write(folder.data(image), to: "data/\(name).png")
    }
    switch kind {
    case "txt":
      try folder.write("a fox\n", to: "data/one.txt")
      try folder.write("snow\n", to: "data/two.txt")
    case "csv":
      try folder.write(
        "file_name,text\none.png,\"a fox, \"\"red\"\"\"\ntwo.png,snow\n", to: "data/metadata.csv")
    default:
      try folder.write(
        #"{"file_name": "one.png", "text": "a fox"}"# + "\n"
          + #"{"file_name": "two.png", "text": "snow"}"#, to: "data/metadata.jsonl")
    }
    let run = try tune(
      ["--steps", "2", "--json", "--out", "a"], examples: ["--images", "data", "--res", "64"])
    #expect(run.status == 0)
    #expect(run.lines.last?.contains("\"examples\":2") == true)
  }
}
