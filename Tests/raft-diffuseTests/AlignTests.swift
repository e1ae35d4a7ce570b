import Foundation
import Imaging
import Testing

/// `raft-diffuse align` on the tiny model, as a user calls it.
@Suite(.serialized)
struct AlignTests {
  let folder: TestFolder

  init() throws {
    folder = try TestFolder()
    try folder.write("a fox\nsnow\n", to: "train.txt")
    try folder.write("a boat\n", to: "dev.txt")
    try folder.write("a house\n", to: "test.txt")
  }

  private static let settings: [(String, String)] = [
    ("--model", TestFolder.model), ("--res", "64"), ("--precision", "fp32"), ("--seed", "3"),
    ("--prompts", "train.txt"), ("--dev-prompts", "dev.txt"), ("--test-prompts", "test.txt"),
    ("--reward", "jpeg-size"), ("--rounds", "1"), ("--samples-per-prompt", "2"), ("--steps", "2"),
    ("--eval-steps", "2"), ("--dev-images", "1"), ("--test-images", "1"), ("--train-steps", "2"),
    ("--batch", "2"), ("--lr", "0.01"), ("--rank", "2"), ("--patience", "0"),
  ]

  /// The arguments of a new run; `no--x` leaves `--x` out.
  private func arguments(_ more: [String]) -> [String] {
    let given = Self.settings.filter { !more.contains($0.0) && !more.contains("no" + $0.0) }
    return ["align", "--out", "run", "--threads", "1", "--no-cache"]
      + given.flatMap { [$0.0, $0.1] } + more.filter { !$0.hasPrefix("no--") }
  }

  private func align(_ more: [String]) throws -> Command.Run {
    try Command.run(arguments(more), in: folder.root)
  }

  private func resume(_ more: [String] = []) throws -> Command.Run {
    try Command.run(
      ["align", "--out", "run", "--threads", "1", "--no-cache", "--resume"] + more,
      in: folder.root)
  }

  private func refuses(_ status: Int32, _ message: String, _ run: Command.Run) {
    #expect(run.status == status)
    #expect(run.errors.hasPrefix("raft-diffuse: \(message)\n"), "\(run.errors)")
    #expect(run.output == "")
  }

  private func objects(_ run: Command.Run) throws -> [[String: Any]] {
    try run.lines.map {
      try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
  }

  @Test("what cannot be meant is told, and nothing is made")
  func usage() throws {
    refuses(
      64, "Name what ranks images with --reward, or in a recipe.", try align(["no--reward"]))
    refuses(
      66, "no recipe is called “resolution-265”; did you mean “resolution-256”?",
      try align(["--recipe", "resolution-265"]))
    refuses(
      65,
      "collecting.eta is 0.5 (--eta) and collecting.sampler is euler (--sampler): only ddim has an "
        + "eta; choose it, or leave eta at 0", try align(["--sampler", "euler", "--eta", "0.5"]))
    refuses(
      64, "--stop-after takes sample, score or select.", try align(["--stop-after", "tune"]))
    refuses(
      65,
      "the prompt “a fox” is in two splits, train (--prompts) and test (--test-prompts); leave it out of one, so "
        + "that what is reported was never learned from",
      try align(["--test-prompts", "train.txt", "--prompts", "train.txt"]))
    refuses(
      66, "run holds no run (there is no recipe.yaml in it); check the path", try resume())
    try folder.write("name: x\nround: 3\n", to: "bad.yaml")
    refuses(
      65, "bad.yaml, line 2: no setting is called “round”; did you mean “rounds”?",
      try align(["--recipe", "bad.yaml"]))
    #expect(!folder.exists("run"))
    try folder.write("mine", to: "run/notes.txt")
    refuses(
      74, "run is not empty, and what is in it is no run; choose another --out", try align([]))
    #expect(folder.files.filter { $0.hasPrefix("run/") } == ["run/notes.txt"])
  }

  @Test("a plan makes nothing, and tells what the run will cost and its recipe")
  func dryRun() throws {
    let run = try align(["--dry-run", "--control"])
    #expect(run.status == 0)
    #expect(
      run.errors.contains(
        "plan: 4 samples to learn from and 6 images that decide and report\n"), "\(run.errors)")
    #expect(run.output.contains("\nseed: 3\n") && run.output.contains("res: 64"))
    let told = try align(["--dry-run", "--control", "--json"]).json()
    #expect((told["plan"] as? [String: Any])?["training_samples"] as? Int == 4)
    #expect((told["recipe"] as? [String: Any])?["seed"] as? Int == 3)
    #expect(!folder.exists("run"))
    // A recipe that was printed runs as it stands.
    try folder.write(run.output, to: "printed.yaml")
    let again = try Command.run(
      ["align", "--out", "run", "--recipe", "printed.yaml", "--dry-run", "--no-cache"],
      in: folder.root)
    #expect(again.output == run.output)
  }

  @Test("a run in parts is the run in one, and what it leaves is of use")
  func whole() throws {
    let begun = try align(["--stop-after", "score", "--sample-batch", "1", "--rounds", "2"])
    #expect(begun.status == 0)
    #expect(
      begun.errors.hasSuffix(
        "stopped after the stage “score” of round 1, as --stop-after asks; go on with --resume\n"),
      "\(begun.errors)")
    refuses(
      74, "run holds a run already; go on with it by --resume, or choose another --out",
      try align([]))
    refuses(
      64,
      "a run goes on as it began; leave out what sets collecting.steps, tuning.lr "
        + "(--rounds, --patience, --budget and --max-samples may be given anew)",
      try resume(["--steps", "4", "--lr", "0.1"]))
    let ended = try resume(["--json", "--quiet"])
    #expect(ended.status == 0 && ended.errors == "")
    let lines = try objects(ended)
    #expect(lines.dropLast().map { $0["number"] as? Int } == [0, 1, 2])
    let result = try #require(lines.last)
    #expect(result["rounds"] as? Int == 2 && result["report"] as? String == "run/report.html")
    #expect((result["test"] as? [String: Any])?["prompts"] as? Int == 1)

    // The run's name is in its files, so the other has it too.
    let other = try Command.run(
      arguments(["--sample-batch", "1", "--rounds", "2", "--quiet"]).map {
        $0 == "run" ? "whole/run" : $0
      }, in: folder.root)
    #expect(other.status == 0, "\(other.errors)")
    for file in [
      "checkpoints/002/pytorch_lora_weights.safetensors", "checkpoints/002/run-kohya.safetensors",
      "checkpoints/002/optimizer.safetensors", "metrics.jsonl", "rounds/002/grid.png", "test.json",
    ] { #expect(try folder.data("run/\(file)") == folder.data("whole/run/\(file)"), "\(file)") }

    let inspected = try Command.run(
      ["lora", "inspect", "run/checkpoints/002/pytorch_lora_weights.safetensors"],
      in: folder.root)
    #expect(inspected.status == 0)
    let page = try String(decoding: folder.data("run/report.html"), as: UTF8.self)
    #expect(page.contains("<svg") && page.contains("data:image/"))
    #expect(page.firstMatch(of: /(src|href)\s*=\s*["']?https?:/) == nil)
    #expect(page.firstMatch(of: /url\(\s*["']?https?:/) == nil)
    try remakes("rounds/001/images/001-01.png")
    try remakes("dev/001/images/000-00.png")
  }

  /// Makes an image of the run again, by its own record, in the run's folder.
  private func remakes(_ path: String) throws {
    let report = try Command.run(["inspect", "--json", "run/\(path)"], in: folder.root).json()
    let record = try #require(report["record"] as? [String: Any])
    let command = try #require(record["command"] as? [String])
    #expect(command.first == "raft-diffuse")
    let made = try Command.run(
      command.dropFirst() + ["--out", "again", "--quiet"], in: folder.url("run"))
    #expect(made.status == 0, "\(made.errors)")
    let image = try #require(made.lines.first)
    #expect(try PNG.read(folder.path("run/\(image)")) == PNG.read(folder.path("run/\(path)")))
    try FileManager.default.removeItem(at: folder.url("run/again"))
  }

  @Test("what a run began with may not change, and each change is told")
  func changed() throws {
    try folder.copyModel()
    #expect(
      try align(["--model", "model", "--stop-after", "sample", "--quiet"]).status == 0)
    let files = folder.files.filter { $0.hasPrefix("run/rounds/") }

    let prompts = try folder.data("train.txt")
    try folder.write("a fox\nrain\n", to: "train.txt")
    let first = try resume()
    #expect(first.status == 65)
    #expect(
      first.errors.hasPrefix("raft-diffuse: the prompt file \(folder.path("train.txt"))"),
      "\(first.errors)")
    try folder.write(prompts, to: "train.txt")

    let recipe = try folder.data("run/recipe.yaml")
    try folder.write(
      String(decoding: recipe, as: UTF8.self).replacing("seed: 3", with: "seed: 4"),
      to: "run/recipe.yaml")
    let second = try resume()
    #expect(second.status == 65)
    #expect(second.errors.hasPrefix("raft-diffuse: the run's recipe.yaml"), "\(second.errors)")
    try folder.write(recipe, to: "run/recipe.yaml")

    let weights = "model/unet/diffusion_pytorch_model.safetensors"
    let bytes = try folder.data(weights)
    var other = bytes
    other[other.count - 4] ^= 1
    try folder.write(other, to: weights)
    let third = try resume()
    #expect(third.status == 65)
    #expect(third.errors.hasPrefix("raft-diffuse: the model "), "\(third.errors)")
    try folder.write(bytes, to: weights)
    #expect(folder.files.filter { $0.hasPrefix("run/rounds/") } == files)
    #expect(try resume(["--quiet"]).status == 0)
  }

  @Test("an interrupt ends the run with 75, and --resume goes on")
  func interrupted() throws {
    let running = try Running(
      Command.executable, arguments(["--samples-per-prompt", "12", "--sample-batch", "2"]),
      in: folder.root)
    for _ in 0..<3000 where try !running.errors.contains("sampling train") { usleep(10_000) }
    kill(running.process.processIdentifier, SIGINT)
    let run = try running.end()
    #expect(run.status == 75)
    #expect(
      run.errors.wholeMatch(
        of: /(?s).*raft-diffuse: stopped as you asked [^\n]*; go on with --resume\n/) != nil,
      "\(run.errors)")
    let kept = folder.files.filter { $0.hasPrefix("run/rounds/001/images/") }
    #expect(kept.count < 24)
    let ended = try resume(["--quiet"])
    #expect(ended.status == 0, "\(ended.errors)")
    #expect(folder.files.filter { $0.hasPrefix("run/rounds/001/images/") }.count == 24)
  }
}
