import Foundation
import NN
import Testing

@Suite("Telling files apart")
struct CheckpointFileTests {
  @Test("a file that is not there, a folder and an empty file are told apart")
  func files() throws {
    #expect(
      message { try CheckpointFile.open("/no/such.safetensors") }
        == "/no/such.safetensors does not exist; check the path")
    #expect(try openingMessage([]) == "x is empty; download it again")
    #expect(
      message { try CheckpointFile.open("/dev/null") }
        == "/dev/null cannot be read: it is not a regular file")
    try withTemporaryFolder { folder in
      #expect(
        message { try CheckpointFile.open(folder) }
          == "\(folder) is a folder, not a file; name a file in it")
    }
  }

  /// The first bytes of a file of another kind, and what is said about it.
  struct Other: Sendable {
    let start: String
    let problem: String
  }

  private static let advice =
    "which is not supported; give the weights as .safetensors or a torch checkpoint"

  @Test(
    "what is no file of weights is refused with what it is",
    arguments: [
      Other(
        start: "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n",
        problem: "is a Git LFS pointer, not the weights: run git lfs pull in its folder"),
      Other(
        start: "\n <!DOCTYPE html><html>",
        problem: "is a web page, not the weights; the download went to the wrong address or needs "
          + "a login"),
      Other(start: "GGUF\u{3}", problem: "is a GGUF file, \(advice)"),
      Other(start: "\u{8}\u{7}\u{12}\u{7}pytorch", problem: "is an ONNX model, \(advice)"),
      Other(
        start: "hello",
        problem: "is no file of weights that is known here (it begins with 68 65 6c 6c 6f); give "
          + "the weights as .safetensors or a torch checkpoint"),
    ])
  func others(_ other: Other) throws {
    // The name says nothing about what is inside.
    #expect(try openingMessage(other.start.utf8, as: "x.ckpt") == "x.ckpt \(other.problem)")
  }

  @Test("the name does not decide the format")
  func names() throws {
    try withTemporaryFolder { folder in
      for (source, name) in [("views.pt", "a.safetensors"), ("types.safetensors", "b.ckpt")] {
        try FileManager.default.copyItem(atPath: fixture(source), toPath: "\(folder)/\(name)")
      }
      #expect(try CheckpointFile.open("\(folder)/a.safetensors").format == .torch)
      #expect(try CheckpointFile.open("\(folder)/b.ckpt").format == .safetensors)
    }
  }

  @Test("a safetensors file whose header's length begins like a pickle or a brace is recognised")
  func ambiguousStart() throws {
    for length in [0x7B, 0x0280] {
      let entry = #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#
      let header = entry + String(repeating: " ", count: length - entry.utf8.count)
      #expect(try openingMessage(safetensors(header, bytes: 1)) == "")
    }
  }

  @Test("an unknown file is explained as safetensors where its name claims so")
  func claimed() throws {
    #expect(
      try openingMessage("hello".utf8, as: "x.safetensors")
        == "x.safetensors is only 5 bytes long, too short for a safetensors file; download it again"
    )
  }
}
