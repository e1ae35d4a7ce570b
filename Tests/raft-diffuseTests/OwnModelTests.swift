import Foundation
import Imaging
import Testing

/// The model that comes with the program: found by its name from any folder, and taken where nobody
/// names one.
@Suite(.serialized)
struct OwnModelTests {
  private static let settings = """
    name: to-sixty-four
    res: 64
    precision: fp32
    prompts: {train: [a fox, snow], dev: [a boat], test: [a house, a pond]}
    collecting: {sampler: ddim, steps: 2}
    evaluating: {sampler: ddim, steps: 2, dev-images: 1, test-images: 1}
    reward: {terms: [jpeg-size]}
    rounds: {count: 1, samples-per-prompt: 2}
    adapter: {rank: 2}
    tuning: {steps: 2, batch: 2, lr: 0.01}
    stopping: {patience: 0}

    """

  private static let note =
    "no model is named: taking tiny, which comes with raft-diffuse; --model names one of your own\n"

  let folder: TestFolder

  /// An installation's data with the tiny model in it.
  init() throws {
    folder = try TestFolder()
    try FileManager.default.createDirectory(
      at: folder.url("data/weights"), withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      at: TestFolder.fixtures.appending(path: "model"), to: folder.url("data/weights/tiny"))
    try folder.write(Self.settings, to: "data/weights/tiny/raft-diffuse.yaml")
    try folder.write("res: 32\n", to: "data/weights/tiny/raft-diffuse.prompt-alignment.yaml")
    // What is called like the model there is not taken for it.
    try folder.write("a diary", to: "elsewhere/tiny/notes.txt")
  }

  /// Runs the command in a folder that has nothing to do with the model.
  private func run(_ arguments: [String], data: String = "data") throws -> Command.Run {
    try Command.run(
      arguments, in: folder.url("elsewhere"),
      environment: ["RAFT_DIFFUSE_DATA": folder.path(data), "HF_HUB_CACHE": "/nowhere"])
  }

  private func recipe(_ arguments: [String]) throws -> [String: Any] {
    let run = try run(["align", "--dry-run", "--json", "--quiet", "--no-cache"] + arguments)
    #expect(run.status == 0, "\(run.errors)")
    return try #require(try run.json()["recipe"] as? [String: Any])
  }

  @Test("align needs no option, runs into a new folder, and what it made is compared as it is")
  func align() throws {
    let first = try run(["align", "--control", "--no-cache", "--threads", "1"])
    #expect(first.status == 0, "\(first.errors)")
    #expect(first.errors.hasPrefix(Self.note), "\(first.errors)")
    #expect(first.errors.contains("\nthe run: runs/to-sixty-four-1\n"), "\(first.errors)")
    #expect(first.lines.last == "report: runs/to-sixty-four-1/report.html")
    let recipe = try String(
      decoding: folder.data("elsewhere/runs/to-sixty-four-1/recipe.yaml"), as: UTF8.self)
    #expect(recipe.contains("\nmodel: tiny\n"))
    let second = try run([
      "align", "--no-cache", "--threads", "1", "--stop-after", "sample", "--quiet",
    ])
    #expect(second.status == 0 && second.errors == "")
    #expect(folder.exists("elsewhere/runs/to-sixty-four-2/recipe.yaml"))

    let compared = try run([
      "compare", "--run", "runs/to-sixty-four-1", "--test-images", "--out", "out", "--no-cache",
      "--reward", "jpeg-size", "--reward", "incompressibility", "--json", "--quiet",
    ])
    #expect(compared.status == 0, "\(compared.errors)")
    let report = try compared.json()
    let arms = try #require(report["arms"] as? [[String: Any]]).map { $0["name"] as? String }
    #expect(arms[0] == "base" && arms[2] == "control")
    #expect(arms[1] == "best" || arms[1] == "round-1")
    let findings = try #require(report["findings"] as? [[String: Any]])
    #expect(findings.map { $0["pairs"] as? Int } == [2, 2, 2, 2])
    #expect(!folder.exists("elsewhere/out/images"))
    let control = "elsewhere/runs/to-sixty-four-1/control"
    try FileManager.default.moveItem(
      at: folder.url(control), to: folder.url("\(control)-away"))
    let without = try run([
      "compare", "--run", "runs/to-sixty-four-1", "--test-images", "--out", "other", "--quiet",
    ])
    #expect(without.status == 65)
    #expect(
      without.errors
        == "raft-diffuse: runs/to-sixty-four-1 has no test images of the control arm to compare; "
        + "let it end, by --resume, or leave out --test-images\n")
    try FileManager.default.moveItem(
      at: folder.url("\(control)-away"), to: folder.url(control))
    // Without the test's numbers, its images may not be all.
    try FileManager.default.removeItem(at: folder.url("elsewhere/runs/to-sixty-four-1/test.json"))
    let broken = try run([
      "compare", "--run", "runs/to-sixty-four-1", "--test-images", "--out", "other", "--quiet",
    ])
    #expect(
      broken.errors
        == "raft-diffuse: runs/to-sixty-four-1 has no test images of the base and of a round to compare; "
        + "let it end, by --resume, or leave out --test-images\n")
    let unfinished = try run([
      "compare", "--run", "runs/to-sixty-four-2", "--test-images", "--out", "other", "--quiet",
    ])
    #expect(unfinished.status == 65)
    #expect(
      unfinished.errors
        == "raft-diffuse: runs/to-sixty-four-2 has no test images of the base and of a round to compare; "
        + "let it end, by --resume, or leave out --test-images\n")
  }

  @Test("a recipe's name means the model's own recipe before the program's, and options win")
  func recipes() throws {
    let own = try recipe([])
    #expect(own["name"] as? String == "to-sixty-four" && own["width"] as? Int == 64)
    #expect(own["model"] as? String == "tiny")
    let named = try recipe(["--model", "tiny", "--recipe", "to-sixty-four"])
    #expect(NSDictionary(dictionary: named) == NSDictionary(dictionary: own))
    // Nothing is taken of recipes/prompt-alignment.yaml.
    let other = try recipe(["--model", "tiny", "--recipe", "prompt-alignment"])
    #expect(other["width"] as? Int == 32)
    #expect((other["rounds"] as? [String: Any])?["count"] as? Int == 1)
    let given = try recipe(["--model", "tiny", "--recipe", "prompt-alignment", "--res", "64x32"])
    #expect(given["width"] as? Int == 64 && given["height"] as? Int == 32)
    // A recipe that the model lacks is the program's, above the model's settings.
    try folder.write("name: plain\nres: 48\n", to: "data/recipes/plain.yaml")
    let program = try recipe(["--model", "tiny", "--recipe", "plain"])
    #expect(program["width"] as? Int == 48)
    let unknown = try run(["align", "--model", "tiny", "--recipe", "to-sixty-for"])
    #expect(unknown.status == 66)
    #expect(
      unknown.errors
        == "raft-diffuse: no recipe is called “to-sixty-for”; did you mean “to-sixty-four”?\n")
  }

  @Test("a recipe is compared with its published form where it is the program's, not the model's")
  func published() throws {
    for (name, res) in [("plain", 48), ("plain-published", 96)] {
      let text = Self.settings.replacing("to-sixty-four", with: name)
        .replacing("res: 64", with: "res: \(res)")
      try folder.write(text, to: "data/recipes/\(name).yaml")
    }
    let arguments = ["align", "--model", "tiny", "--recipe", "plain", "--dry-run", "--no-cache"]
    let program = try run(arguments)
    #expect(program.status == 0, "\(program.errors)")
    #expect(program.errors.contains("res: 48 here, 96 published\n"), "\(program.errors)")
    try folder.write("res: 32\n", to: "data/weights/tiny/raft-diffuse.plain.yaml")
    let own = try run(arguments)
    #expect(own.status == 0, "\(own.errors)")
    #expect(!own.errors.contains("published"), "\(own.errors)")
  }

  @Test("of several models that come with the program none is taken unasked")
  func several() throws {
    // What is no diffusion model does not count.
    try folder.write("{}", to: "data/weights/words/config.json")
    #expect(try recipe([])["model"] as? String == "tiny")
    try folder.write("{}", to: "data/weights/other/model_index.json")
    for arguments in [["align", "--dry-run"], ["sample", "--prompt", "x"]] {
      let run = try run(arguments)
      #expect(run.status == 64)
      #expect(
        run.errors.hasPrefix(
          "raft-diffuse: Name the model with --model: 2 come with the program, other, tiny.\n"),
        "\(run.errors)")
    }
  }

  @Test("sample takes it too, and images say its name")
  func sample() throws {
    let arguments = ["--res", "64", "--steps", "2", "--seed", "1", "--threads", "1"]
    let made = try run(["sample", "--prompt", "a fox", "--out", "one"] + arguments)
    #expect(made.status == 0, "\(made.errors)")
    #expect(made.errors.hasPrefix(Self.note), "\(made.errors)")
    let report = try run(["inspect", "--json", "one/000-1.png"]).json()
    let record = try #require(report["record"] as? [String: Any])
    #expect(record["model"] as? String == "tiny")
    let again = try #require(record["command"] as? [String])
    #expect(try run(again.dropFirst() + ["--out", "two", "--quiet"]).status == 0)
    #expect(
      try folder.data("elsewhere/one/000-1.png") == folder.data("elsewhere/two/000-1.png"))
  }

  @Test("score takes CLIP and head from the model's settings")
  func score() throws {
    try folder.write(
      "reward: {clip: clip, aesthetic-head: head.pth}\n",
      to: "data/weights/tiny/raft-diffuse.yaml")
    try PNG.write(
      RGBImage(width: 8, height: 8, pixels: (0..<192).map { UInt8($0) }),
      to: folder.path("elsewhere/x.png"))
    let run = try run([
      "score", "--model", "tiny", "--reward", "aesthetic", "--prompt", "a", "x.png",
    ])
    #expect(run.status == 66)
    #expect(run.errors.contains("\(folder.path("data/weights/tiny"))/head.pth"), "\(run.errors)")
  }

  @Test("where no model comes with the program, one must be named")
  func none() throws {
    try FileManager.default.createDirectory(
      at: folder.url("empty/weights"), withIntermediateDirectories: true)
    for arguments in [
      ["align"], ["sample", "--prompt", "x"], ["tune", "--images", "x", "--out", "y"],
    ] {
      let run = try run(arguments, data: "empty")
      #expect(run.status == 64)
      #expect(run.errors.hasPrefix("raft-diffuse: Name the model with --model.\n"), "\(run.errors)")
    }
    let absent = try run(["align", "--model", "org/name"])
    #expect(absent.status == 66)
    #expect(
      absent.errors
        == "raft-diffuse: there is no model “org/name”; looked for org/name, /nowhere/models--org--name. "
        + "Give a diffusers folder, a .safetensors or .ckpt file, or the id of a model in the local Hugging "
        + "Face cache (nothing is downloaded), or a model that comes with the program: tiny\n")
  }

  @Test("a run that goes on must be named")
  func resume() throws {
    let run = try run(["align", "--resume"])
    #expect(run.status == 64)
    #expect(
      run.errors.hasPrefix(
        "raft-diffuse: --resume goes on with a run: name its folder with --out.\n"))
  }
}
