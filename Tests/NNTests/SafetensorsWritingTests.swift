import Foundation
import NN
import Testing
import Torch

@Suite("Safetensors, writing")
struct SafetensorsWritingTests {
  private func item(_ entry: TensorEntry) -> SafetensorsWriter.Item {
    SafetensorsWriter.Item(name: entry.name, dtype: entry.dtype, shape: entry.shape) { write in
      // In pieces, as a large tensor comes.
      let bytes = entry.copiedBytes()
      for start in stride(from: 0, to: bytes.count, by: 5) {
        try bytes[start..<min(start + 5, bytes.count)].withUnsafeBytes { try write($0) }
      }
    }
  }

  private func small(_ name: String, bytes: Int = 4) -> SafetensorsWriter.Item {
    SafetensorsWriter.Item(name: name, dtype: .float32, shape: [1], data: Data(count: bytes))
  }

  @Test("what is written equals the reference's file byte for byte")
  func reference() throws {
    let original = try CheckpointFile.open(fixture("types.safetensors"))
    try withTemporaryFolder { folder in
      let path = "\(folder)/copy.safetensors"
      try SafetensorsWriter.write(original.entries.values.map(item), to: path)
      let written = try Data(contentsOf: URL(fileURLWithPath: path))
      let reference = try Data(contentsOf: URL(fileURLWithPath: original.path))
      #expect(written == reference)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["copy.safetensors"])
    }
  }

  @Test("metadata is written beside the format and read back")
  func metadata() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.safetensors"
      try SafetensorsWriter.write([small("a")], metadata: ["x": "\u{1}\"é\n"], to: path)
      let file = try CheckpointFile.open(path)
      #expect(file.metadata == ["format": "pt", "x": "\u{1}\"é\n"])
      #expect(file.entries["a"]?.isAligned == true)
      try SafetensorsWriter.write([], to: path)
      #expect(try CheckpointFile.open(path).entries.isEmpty)
    }
  }

  struct Boom: Error {}

  @Test("a failure leaves the old file and nothing else")
  func failure() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.safetensors"
      try SafetensorsWriter.write([small("old")], to: path)
      let failing = SafetensorsWriter.Item(name: "b", dtype: .uint8, shape: [8]) { write in
        try [UInt8](repeating: 1, count: 4).withUnsafeBytes { try write($0) }
        throw Boom()
      }
      #expect(throws: Boom.self) { try SafetensorsWriter.write([small("a"), failing], to: path) }
      #expect(
        message { try SafetensorsWriter.write([small("a", bytes: 3)], to: path) }
          == "\(path) cannot be written: the tensor a takes 4 bytes, but 3 were given")
      #expect(
        message { try SafetensorsWriter.write([small("a"), small("a")], to: path) }
          == "\(path) cannot be written: two tensors are called a")
      #expect(
        message {
          try SafetensorsWriter.write(
            [.init(name: "a", dtype: .uint8, shape: [1 << 40, 1 << 40]) { _ in }], to: path)
        }
          == "\(path) cannot be written: the tensor a has the impossible shape "
          + "[1099511627776, 1099511627776]")
      #expect(try CheckpointFile.open(path).names == ["old"])
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a.safetensors"])
    }
  }

  @Test("a folder that is missing is named")
  func missingFolder() throws {
    try withTemporaryFolder { folder in
      #expect(
        message { try SafetensorsWriter.write([], to: "\(folder)/no/a.safetensors") }
          == "\(folder)/no/a.safetensors cannot be written: there is no folder \(folder)/no; "
          + "create it first")
    }
  }
}
