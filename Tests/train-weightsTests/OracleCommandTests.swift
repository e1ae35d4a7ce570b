import Foundation
import Imaging
import Shapes
import TestSupport
import Testing

/// The oracle as raft-diffuse asks it, and as people do.
@Suite("The oracle as a command")
struct OracleCommandTests {
  /// Runs `body` in a folder with a red circle in circle.png, and a picture that is too small.
  private func withPictures(_ body: (_ folder: String) throws -> Void) throws {
    try withTemporaryFolder { folder in
      let circle = Scene([Figure(.red, .circle, x: 0.5, y: 0.5, radius: 0.25)])
      try PNG.write(SceneRenderer(size: 64).image(of: circle), to: "\(folder)/circle.png")
      try PNG.write(RGBImage(width: 40, height: 40, filledWith: .white), to: "\(folder)/small.png")
      try body(folder)
    }
  }

  /// The answers to `questions`, line by line.
  private func answers(_ questions: [String]) throws -> [String] {
    let run = try TrainWeightsProcess.run(["oracle"], input: questions.joined(separator: "\n"))
    #expect(run.status == 0 && run.errors == "")
    return run.output.split(separator: "\n").map(String.init)
  }

  @Test("a right picture scores 1, a wrong one 0, and the id comes back as it was")
  func scores() throws {
    try withPictures { folder in
      let image = #""image":{"path":"\#(folder)/circle.png"}"#
      let found = try answers([
        #"{"id":"a/1","prompt":"a red circle",\#(image)}"#,
        #"{"prompt":"a blue circle",\#(image),"id":7}"#, "",
        #"{"prompt":"a red circle and a star",\#(image)}"#,
      ])
      #expect(
        found == [
          #"{"extras":{"abstained":0},"id":"a/1","score":1}"#,
          #"{"extras":{"abstained":0},"id":7,"score":0}"#,
          #"{"extras":{"abstained":0},"score":0}"#,
        ])
    }
  }

  @Test("a picture may come in base64")
  func encoded() throws {
    try withPictures { folder in
      let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/circle.png"))
      let image = #""image":{"png_base64":"\#(bytes.base64EncodedString())"}"#
      let found = try answers([#"{"id":null,"prompt":"a circle",\#(image)}"#])
      #expect(
        found == [#"{"extras":{"abstained":0},"id":null,"score":1}"#])
    }
  }

  @Test("an abstention scores 0 and says that it is one")
  func abstention() throws {
    try withPictures { folder in
      let found = try answers([
        #"{"prompt":"a circle","image":{"path":"\#(folder)/small.png"}}"#
      ])
      #expect(
        found == [#"{"extras":{"abstained":1},"score":0}"#])
    }
  }

  @Test("what cannot be judged is an error of its own question, with the id")
  func refusals() throws {
    try withPictures { folder in
      let image = #""image":{"path":"\#(folder)/circle.png"}"#
      let found = try answers([
        #"{"id":1,"prompt":"a red zebra",\#(image)}"#, #"{"id":2,\#(image)}"#,
        #"{"id":3,"prompt":"a circle"}"#,
        #"{"id":4,"prompt":"a circle","image":{"path":"\#(folder)/none.png"}}"#,
        #"{"id":5,"prompt":"a circle","image":{"png_base64":"?"}}"#,
        #"{"id":6,"prompt":"a red circle",\#(image)}"#,
      ])
      #expect(
        found == [
          #"{"error":"cannot understand “zebra” in the prompt “a red zebra”; expected a size, style, "#
            + #"colour or shape","id":1}"#,
          #"{"error":"the oracle needs the prompt that the image was made from","id":2}"#,
          #"{"error":"the question has no image, neither path nor png_base64","id":3}"#,
          #"{"error":"\#(folder)/none.png does not exist; check the path","id":4}"#,
          #"{"error":"the question has no image, neither path nor png_base64","id":5}"#,
          #"{"extras":{"abstained":0},"id":6,"score":1}"#,
        ])
    }
  }

  @Test("a line that is no JSON is an error, and the next is answered")
  func noJSON() throws {
    try withPictures { folder in
      let found = try answers([
        "what?", #"{"prompt":"a circle","image":{"path":"\#(folder)/circle.png"}}"#,
      ])
      #expect(found.first?.hasPrefix(#"{"error":""#) == true)
      #expect(found.last == #"{"extras":{"abstained":0},"score":1}"#)
    }
  }

  @Test("--explain says in words what is wrong with each image")
  func explain() throws {
    try withPictures { folder in
      let images = ["\(folder)/circle.png", "\(folder)/circle.png", "\(folder)/small.png"]
      try Data("# three\na red circle\na blue star\na circle\n".utf8)
        .write(to: URL(fileURLWithPath: "\(folder)/prompts.txt"))
      let run = try TrainWeightsProcess.run(
        ["oracle", "--explain", "--prompts", "\(folder)/prompts.txt"] + images)
      #expect(run.status == 0 && run.errors == "")
      #expect(
        run.output == """
          \(images[0]): right
          \(images[1]): a red circle, not a blue star
          \(images[2]): the picture is too small

          """)
      let two = try TrainWeightsProcess.run(
        ["oracle", "--explain", "--prompts", "\(folder)/prompts.txt"] + images.prefix(2))
      #expect(two.status == 64)
      #expect(
        two.errors.hasPrefix(
          "Error: \(folder)/prompts.txt has 3 prompts for 2 images; write one for all, or one for each."
        ))
    }
  }

  @Test("a prompt or an image that there is not ends with its status")
  func statuses() throws {
    try withPictures { folder in
      try Data("a red zebra\n".utf8).write(to: URL(fileURLWithPath: "\(folder)/zebra.txt"))
      let arguments = ["oracle", "--explain", "--prompts"]
      let zebra = try TrainWeightsProcess.run(
        arguments + ["\(folder)/zebra.txt", "\(folder)/circle.png"])
      #expect(zebra.status == 65)
      #expect(
        zebra.errors == """
          train-weights: cannot understand “zebra” in the prompt “a red zebra”; expected a size, style, \
          colour or shape

          """)
      let none = try TrainWeightsProcess.run(
        arguments + ["\(folder)/none.txt", "\(folder)/circle.png"])
      #expect(none.status == 66)
      #expect(
        none.errors == "train-weights: \(folder)/none.txt does not exist; check the path\n")
    }
  }

  @Test("its check tells rows in JSON, and fails where one is outside its limits")
  func check() throws {
    struct Table: Decodable {
      let title: String
      let rows: [OracleCheck.Row]
    }
    let run = try TrainWeightsProcess.run(["check-oracle", "--count", "2", "--json"])
    let tables = try JSONDecoder().decode([Table].self, from: Data(run.output.utf8))
    #expect(
      tables.map(\.title) == [
        "clean pictures", "distorted pictures", "asked about with another request",
        "pictures without a figure",
      ])
    let faulty = tables.flatMap(\.rows).filter { !$0.isWithinLimits }.map(\.name)
    #expect(run.status == (faulty.isEmpty ? 0 : 1))
    #expect(
      run.errors
        == (faulty.isEmpty ? "" : "outside the limits: \(faulty.joined(separator: ", "))\n"))
  }
}
