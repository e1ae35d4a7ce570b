import Foundation
import Imaging
import Shapes
import TestSupport
import Testing

/// What the command shows of the world of shapes.
@Suite("The world as a command")
struct WorldCommandTests {
  @Test("prompts come in six files that say how they were made, and replace nothing unasked")
  func prompts() throws {
    try withTemporaryFolder { folder in
      let arguments = ["prompts", "--seed", "3", "--out", "\(folder)/prompts"]
      #expect(try TrainWeightsProcess.run(arguments).status == 0)
      let names = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/prompts")
      #expect(
        names.sorted() == [
          "alignment-dev.txt", "alignment-test.txt", "alignment-train.txt", "resolution-dev.txt",
          "resolution-test.txt", "resolution-train.txt",
        ])
      let path = "\(folder)/prompts/alignment-dev.txt"
      let text = try String(contentsOfFile: path, encoding: .utf8)
      let head = "# Prompts to decide by, made by `train-weights prompts --seed 3`."
      let expected = [head] + WorldPrompts.alignment(seed: 3).dev
      #expect(text == expected.joined(separator: "\n") + "\n")

      try Data("mine".utf8).write(to: URL(fileURLWithPath: path))
      let again = try TrainWeightsProcess.run(arguments)
      #expect(again.status == 64)
      #expect(
        again.errors.hasPrefix(
          "Error: \(folder)/prompts/resolution-train.txt exists; choose another place, or replace it "
            + "with --force."))
      #expect(try String(contentsOfFile: path, encoding: .utf8) == "mine")
      #expect(try TrainWeightsProcess.run(arguments + ["--force"]).status == 0)
      #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
    }
  }

  @Test("scenes are drawn on a sheet, with a caption of each on a line")
  func render() throws {
    try withTemporaryFolder { folder in
      let arguments = [
        "render", "--count", "5", "--size", "32", "--seed", "2", "--out", "\(folder)/sheet.png",
      ]
      let run = try TrainWeightsProcess.run(arguments)
      #expect(run.status == 0 && run.errors == "")
      let captions = run.output.split(separator: "\n")
      #expect(captions.count == 5)
      for caption in captions { _ = try Request(parsing: String(caption)) }
      let sheet = try ImageFile.read("\(folder)/sheet.png")
      #expect(sheet.width >= 5 * 32)
      let again = try TrainWeightsProcess.run(arguments)
      #expect(again.status == 64)
      #expect(
        again.errors.hasPrefix(
          "Error: \(folder)/sheet.png exists; choose another place, or replace it with --force."))
      #expect(try TrainWeightsProcess.run(arguments + ["--force"]).output == run.output)
    }
  }

  @Test(
    "sizes and numbers that no sheet has are refused",
    arguments: [
      (["--size", "8"], "--size is 8; it must be 16 to 1024."),
      (["--count", "0"], "--count is 0; at 128 px it must be 1 to "),
    ])
  func refused(_ arguments: [String], _ message: String) throws {
    let run = try TrainWeightsProcess.run(["render", "--out", "/nowhere/x.png"] + arguments)
    #expect(run.status == 64)
    #expect(run.errors.hasPrefix("Error: \(message)"))
  }
}
