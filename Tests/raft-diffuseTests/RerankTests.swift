import Foundation
import Testing

/// `rerank` on a run of a tiny model, as a user calls it.
@Suite(.serialized)
struct RerankTests {
  let folder: TestFolder

  /// Two rounds of two prompts and three images each, the best of each prompt by its JPEG size; made
  /// once and never written to.
  private nonisolated(unsafe) static let made = Result { try makeRun() }

  init() throws {
    folder = try TestFolder()
    try FileManager.default.copyItem(at: Self.made.get().url("run"), to: folder.url("run"))
  }

  private static func makeRun() throws -> TestFolder {
    let folder = try TestFolder()
    try folder.write("a red fox\na lighthouse at night", to: "prompts.txt")
    try folder.write("a wooden cabin", to: "dev.txt")
    try folder.write("a lake", to: "test.txt")
    let run = try Command.run(
      [
        "align", "--out", "run", "--model", TestFolder.model, "--res", "64", "--steps", "2",
        "--precision", "fp32", "--threads", "1", "--seed", "3", "--prompts", "prompts.txt",
        "--dev-prompts", "dev.txt", "--test-prompts", "test.txt", "--dev-images", "1",
        "--test-images", "1", "--eval-steps", "2",
        "--reward", "jpeg-size", "--no-cache", "--rounds", "2", "--samples-per-prompt", "3",
        "--select", "best", "--train-steps", "1", "--batch", "2", "--rank", "2", "--no-control",
        "--quiet",
      ], in: folder.root)
    try #require(run.status == 0, "\(run.errors)")
    return folder
  }

  private func rerank(_ arguments: [String]) throws -> Command.Run {
    try Command.run(["rerank", "run", "--no-cache", "--threads", "1"] + arguments, in: folder.root)
  }

  /// Every file of the run, by its path.
  private func runFiles() throws -> [String: Data] {
    let files = folder.files.filter { $0.hasPrefix("run/") }
    return Dictionary(uniqueKeysWithValues: try files.map { ($0, try folder.data($0)) })
  }

  private func change(_ report: Any?) throws -> [String: Double] {
    try #require(report as? [String: Any]).compactMapValues { ($0 as? NSNumber)?.doubleValue }
  }

  @Test("another rule over the run's own scores decodes nothing and changes nothing of the run")
  func rule() throws {
    let before = try runFiles()
    let run = try rerank(["--select", "best:2", "--json"])
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.errors == "12 samples ranked anew; 0 decoded\n")
    let report = try run.json()
    let overall = try change(report["overall"])
    #expect(overall["samples"] == 12)
    #expect(overall["before"] == 4)
    #expect(overall["after"] == 8)
    #expect(overall["kept"] == 4)
    #expect(overall["dropped"] == 0)
    #expect(overall["new"] == 4)
    #expect(overall["rank_correlation"] == 1)
    let rounds = try #require(report["rounds"] as? [[String: Any]])
    #expect(rounds.map { $0["round"] as? Int } == [1, 2])
    #expect(rounds.first?["select_before"] as? String == "best")
    #expect(rounds.first?["samples"] == nil)
    #expect(try runFiles() == before)
  }

  @Test("the opposite reward reads the images and turns the order round")
  func opposite() throws {
    let run = try rerank(["--reward", "incompressibility", "--round", "1", "--list"])
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.errors.hasSuffix("6 samples ranked anew; 6 decoded\n"))
    #expect(run.lines.count == 8)
    #expect(run.lines[0].hasPrefix("rounds/001/images/000-00.png  "))
    let selected = run.lines.prefix(6).filter { $0.contains("  selected → ") }
    #expect(selected.count == 2)
    #expect(selected.allSatisfy { $0.hasSuffix("selected → not the best of its prompt") })
    let cells = run.lines[7].split(separator: " ", omittingEmptySubsequences: true)
    #expect(cells.prefix(8) == ["1", "6", "2", "2", "0", "2", "2", "-1.0000"])
  }

  @Test("a weight turns the run's own reward round without decoding an image")
  func weight() throws {
    let run = try rerank(["--weight", "jpeg-size=-1", "--json"])
    #expect(run.status == 0, "\(run.errors)")
    let report = try run.json()
    #expect(try change(report["overall"])["kept"] == 0)
    #expect(report["decoded"] as? Int == 0)
    #expect(report["reward"] as? String == "jpeg-size:-1.0")
  }

  @Test("a run trained on the new selection has the old run's samples and goes on with --resume")
  func training() throws {
    let run = try rerank(["--select", "best:2", "--train", "--out", "new", "--quiet", "--json"])
    #expect(run.status == 0, "\(run.errors)")
    let images = folder.files.filter { $0.hasPrefix("run/rounds/") && $0.contains("/images/") }
    #expect(images.count == 12)
    for image in images {
      #expect(try folder.data(image) == folder.data("new" + image.dropFirst("run".count)))
    }
    #expect(folder.exists("new/checkpoints/002/pytorch_lora_weights.safetensors"))
    let recipe = try String(decoding: folder.data("new/recipe.yaml"), as: UTF8.self)
    #expect(recipe.contains("samples-from: /"))
    #expect(recipe.contains("best:2"))
    let again = try Command.run(
      ["rerank", "new", "--json", "--quiet", "--no-cache"], in: folder.root)
    let overall = try change(try again.json()["overall"])
    #expect(overall["before"] == 8)
    #expect(overall["kept"] == 8)
    let more = try Command.run(
      ["align", "--out", "new", "--resume", "--rounds", "3", "--no-cache", "--quiet"],
      in: folder.root)
    #expect(more.status == 65)
    #expect(
      more.errors.contains(
        "has no samples of round 3 to learn from; end before it with --rounds 2"))
  }

  @Test(
    "what cannot be is refused in a sentence",
    arguments: [
      (["--round", "7"], 64, "has not sampled round 7; it has sampled 1, 2: name one of these"),
      (["--samples-per-prompt", "9"], 64, "ask for at most 3"),
      (["--train"], 64, "--train needs a folder: name it with --out."),
      (["--out", "x"], 64, "--out is for --train; give both or neither."),
      (["--watch", "jpeg-size"], 64, "--watch is for training"),
      (["--weight", "clip=2"], 64, "clip"),
      (["--beta", "1"], 65, "at 6 samples of round 2, which β multiplies"),
      (["--train", "--out", "run"], 74, "run holds a run already"),
    ])
  func refused(_ arguments: [String], _ status: Int32, _ text: String) throws {
    let run = try rerank(arguments)
    #expect(run.status == status)
    #expect(run.errors.contains(text), "\(run.errors)")
  }

  @Test("a folder that is no run is named")
  func noRun() throws {
    let run = try Command.run(["rerank", "nothing"], in: folder.root)
    #expect(run.status == 66)
    #expect(
      run.errors
        == "raft-diffuse: nothing holds no run (there is no recipe.yaml in it); check the path\n")
  }
}
