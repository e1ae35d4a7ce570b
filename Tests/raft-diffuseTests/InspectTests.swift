import Foundation
import Imaging
import Testing

/// `inspect` on images of ours and of others.
struct InspectTests {
  let folder: TestFolder

  init() throws { folder = try TestFolder() }

  @Test(
    "the record's own command makes an image of a batch again alone",
    arguments: [
      "a red fox", "-x --json", "it's \"quoted\"\nand 'two' lines", "café № 7 — 猫 👍🏽", "",
      "$HOME `ls` \\",
    ])
  func again(_ prompt: String) throws {
    let words = prompt.isEmpty ? ["--prompt", ""] : ["--prompt=\(prompt)"]
    let made = try folder.sample(
      words + [
        "--prompt", "another", "--images-per-prompt", "2", "--negative=-blurry", "--sampler",
        "ddpm", "--guidance", "3", "--emphasis", "--out", "batch",
      ])
    #expect(made.status == 0)
    let report = try Command.run(["inspect", "--json", "batch/000-2.png"], in: folder.root).json()
    let record = try #require(report["record"] as? [String: Any])
    #expect(record["prompt"] as? String == prompt)
    let command = try #require(record["command"] as? [String])
    #expect(command.first == "raft-diffuse")
    let alone = try Command.run(
      command.dropFirst() + ["--quiet", "--out", "alone", "--threads", "1"], in: folder.root)
    #expect(alone.errors == "")
    #expect(alone.lines == ["alone/000-2.png"])
    let images = try ["batch", "alone"].map { try PNG.read(folder.path("\($0)/000-2.png")) }
    #expect(distance(images[0], images[1]) <= 1)
  }

  @Test("a shell takes the command that inspect prints")
  func shell() throws {
    let prompt = "it's $HOME; \"a\" & b"
    #expect(try folder.sample(["--prompt", prompt, "--out", "first"]).status == 0)
    let text = try Command.run(["inspect", "first/000-1.png"], in: folder.root).output
    let mark = "  make it again: raft-diffuse "
    let line = try #require(text.split(separator: "\n").first { $0.hasPrefix(mark) })
    let call =
      "'\(Command.executable.path)' \(line.dropFirst(mark.count)) --out second --quiet --threads 1"
    let shell = URL(fileURLWithPath: "/bin/sh")
    let again = try Command.run(shell, ["-c", call], in: folder.root)
    #expect(again.errors == "")
    #expect(try folder.data("first/000-1.png") == folder.data("second/000-1.png"))
  }

  @Test("A1111's parameters are read and taken apart")
  func parameters() throws {
    let text =
      "a (red:1.2) fox\nNegative prompt: blurry\nSteps: 20, Sampler: DPM++ 2M, CFG scale: 7, "
      + "Seed: 42, Size: 8x8"
    try write([PNGText(keyword: "parameters", text: text)])
    let run = try Command.run(["inspect", "a.png"], in: folder.root)
    #expect(
      run.output == "a.png  8x8\n" + text.split(separator: "\n").map { "  \($0)\n" }.joined())
    let report = try Command.run(["inspect", "--json", "a.png"], in: folder.root).json()
    let parameters = try #require(report["parameters"] as? [String: Any])
    #expect(parameters["prompt"] as? String == "a (red:1.2) fox")
    #expect(parameters["negative_prompt"] as? String == "blurry")
    #expect((parameters["settings"] as? [String: String])?["Seed"] == "42")
    #expect(report["record"] == nil)
  }

  @Test("a record that is damaged is told, and the rest is shown")
  func damaged() throws {
    try write([
      PNGText(keyword: "raft-diffuse", text: "{\"seed\": "),
      PNGText(keyword: "Software", text: "another"),
    ])
    let run = try Command.run(["inspect", "a.png"], in: folder.root)
    #expect(run.status == 0)
    let report = try Command.run(["inspect", "--json", "a.png"], in: folder.root).json()
    let error = try #require(report["record_error"] as? String)
    #expect(error.contains(" at byte 9"))
    #expect(report["record"] == nil)
    #expect(
      run.output
        == "a.png  8x8\n  the record of raft-diffuse is damaged: \(error)\n  Software: another\n")
  }

  @Test("control characters of a foreign text do not reach the terminal")
  func controls() throws {
    try write([PNGText(keyword: "Comment", text: "a\u{1B}]0;b\u{7}c\u{202E}d\ne")])
    let run = try Command.run(["inspect", "a.png"], in: folder.root)
    #expect(
      run.output == "a.png  8x8\n  Comment: a\\u{1b}]0;b\\u{7}c\\u{202e}d\ne\n")
  }

  @Test(
    "a record names a model and a vocabulary by their whole paths, and DDIM's noise as A1111 does")
  func paths() throws {
    try folder.copyModel()
    let run = try folder.sample(
      ["--prompt", "x", "--sampler", "ddim", "--eta", "0.5", "--tokenizer", "model/tokenizer"],
      model: "model")
    #expect(run.status == 0)
    let image = folder.path("images/000-1.png")
    let report = try Command.run(["inspect", "--json", image]).json()
    let record = try #require(report["record"] as? [String: Any])
    let model = try #require(record["model"] as? String)
    #expect(model.hasPrefix("/") && model.hasSuffix("/model"))
    let parameters = report["parameters"] as? [String: Any]
    let settings = parameters?["settings"] as? [String: String]
    #expect(settings?["Eta DDIM"] == "0.5")
    #expect(settings?["Model"] == "model")
    let command = try #require(record["command"] as? [String])
    let elsewhere = try TestFolder()
    let again = try Command.run(
      command.dropFirst() + ["--quiet", "--threads", "1"], in: elsewhere.root)
    #expect(again.errors == "")
    #expect(try folder.data("images/000-1.png") == elsewhere.data("images/000-1.png"))
  }

  @Test("an image without text says so, and other text is shown")
  func others() throws {
    try write([])
    let none = try Command.run(["inspect", "a.png"], in: folder.root)
    #expect(none.output == "a.png  8x8\n  no text says how it was made\n")
    try write([PNGText(keyword: "Software", text: "another")])
    let other = try Command.run(["inspect", "a.png"], in: folder.root)
    #expect(other.output == "a.png  8x8\n  Software: another\n")
  }

  @Test("what is no image is refused with what it is")
  func noImage() throws {
    try folder.write("hello", to: "a.png")
    let text = try Command.run(["inspect", "a.png"], in: folder.root)
    #expect(text.status == 65)
    #expect(
      text.errors
        == "raft-diffuse: a.png is not a PNG or JPEG image: it is a text; convert it to one of these\n"
    )
    let missing = try Command.run(["inspect", "b.png"], in: folder.root)
    #expect(missing.status == 66)
    #expect(missing.errors == "raft-diffuse: b.png does not exist; check the path\n")
    let parent = try Command.run(["inspect", "."], in: folder.root)
    #expect(parent.status == 65)
    #expect(parent.errors == "raft-diffuse: . is a folder, not a file; name a file in it\n")
  }

  private func write(_ texts: [PNGText]) throws {
    let image = RGBImage(width: 8, height: 8, filledWith: .white)
    try PNG.write(image, to: folder.path("a.png"), texts: texts)
  }
}
