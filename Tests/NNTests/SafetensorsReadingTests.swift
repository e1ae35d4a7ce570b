import Files
import Foundation
import NN
import Testing
import Torch

@Suite("Safetensors, reading")
struct SafetensorsReadingTests {
  @Test("every type is read as the reference wrote it", arguments: DType.allCases)
  func everyType(_ dtype: DType) throws {
    let file = try CheckpointFile.open(fixture("types.safetensors"))
    let entry = try file.entry("t.\(dtype.rawValue)")
    #expect(entry.dtype == dtype)
    #expect(entry.shape == [2, 3])
    #expect(entry.strides == [3, 1])
    #expect(entry.isContiguous)
    #expect(entry.copiedBytes() == ramp(6, dtype))
  }

  @Test("scalars, empty tensors, odd names and metadata are read")
  func oddities() throws {
    let file = try CheckpointFile.open(fixture("types.safetensors"))
    #expect(file.format == .safetensors)
    #expect(file.metadata == ["format": "pt"])
    #expect(file.names.count == DType.allCases.count + 3)
    let scalar = try file.entry("scalar")
    #expect(scalar.shape == [])
    #expect(floats(scalar) == [1.5])
    let empty = try file.entry("empty")
    #expect(empty.shape == [0, 4])
    #expect(empty.copiedBytes().isEmpty)
    #expect(try file.entry("quote\"and\\slash\né").copiedBytes() == [0, 1, 2])
  }

  @Test("an absent tensor is reported with its file")
  func absent() throws {
    let file = try CheckpointFile.open(fixture("types.safetensors"))
    #expect(
      message { try file.entry("unet.conv_in.weight") }
        == "\(file.path) has no tensor named unet.conv_in.weight; is it the checkpoint of another "
        + "model?")
  }

  @Test("a write to a mapped tensor stays in this process")
  func privateMapping() throws {
    try withTemporaryFolder { folder in
      let bytes = safetensors(#"{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}"#, bytes: 4)
      let path = try write(bytes, to: "a.safetensors", in: folder)
      let entry = try CheckpointFile.open(path).entry("a")
      entry.pointer.storeBytes(of: 7, as: UInt8.self)
      #expect(entry.copiedBytes() == [7, 0, 0, 0])
      #expect(try Array(Data(contentsOf: URL(fileURLWithPath: path))) == bytes)
      entry.file.release()
      #expect(entry.copiedBytes() == [0, 0, 0, 0])
    }
  }

  @Test("an unpadded header leaves a tensor unaligned, and says so")
  func alignment() throws {
    try withTemporaryFolder { folder in
      for (padding, aligned) in [("", false), ("  ", true)] {
        let header = #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"# + padding
        let path = try write(safetensors(header, bytes: 4), to: "a", in: folder)
        #expect((header.utf8.count % 4 == 0) == aligned)
        #expect(try CheckpointFile.open(path).entry("a").isAligned == aligned)
      }
    }
  }

  /// A file that breaks a rule, and what is said about it.
  struct Broken: Sendable, CustomTestStringConvertible {
    let bytes: [UInt8]
    let problem: String
    var testDescription: String { problem }

    init(_ bytes: [UInt8], _ problem: String) {
      self.bytes = bytes
      self.problem = problem
    }

    init(_ header: String, bytes count: Int = 0, _ problem: String) {
      self.init(safetensors(header, bytes: count), problem)
    }
  }

  @Test(
    "a file that breaks a rule is refused with what is wrong",
    arguments: [
      Broken(
        [1, 2, 3], "is only 3 bytes long, too short for a safetensors file; download it again"),
      Broken(
        [0, 0, 0, 0, 0, 1, 0, 0] + Array("{}".utf8),
        "declares a header of 1099511627776 bytes, more than the 100000000 that safetensors "
          + "allows; it is damaged or no safetensors file"),
      Broken(
        [100, 0, 0, 0, 0, 0, 0, 0] + Array("{}".utf8),
        "declares a header of 100 bytes, but only 2 bytes follow; the file is damaged or its "
          + "download was cut off: download it again"),
      Broken(
        #"{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}"#, bytes: 9,
        "is truncated: 7 of 79 bytes are missing; download it again"),
      Broken(
        #"{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}"#, bytes: 19,
        "has 3 bytes after its last tensor, where a safetensors file must end; it is damaged: "
          + "download it again"),
      Broken(
        #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"#
          + #""b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}"#, bytes: 12,
        "stores the tensors a and b in the same bytes; the file is damaged"),
      Broken(
        #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"#
          + #""b":{"dtype":"F32","shape":[2],"data_offsets":[12,20]}}"#, bytes: 20,
        "has 4 bytes before the tensor b that belong to no tensor; the file is damaged"),
      Broken(
        #"{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,16]}}"#, bytes: 16,
        "says that the tensor a is F32 [3], which takes 12 bytes, but stores 16 bytes for it; "
          + "the file is damaged"),
      Broken(
        #"{"a":{"dtype":"F16","shape":[4],"data_offsets":[0,16]}}"#, bytes: 16,
        "says that the tensor a is F16 [4], which takes 8 bytes, but stores 16 bytes for it; "
          + "the file is damaged"),
      Broken(
        #"{"a":{"dtype":"F4","shape":[4],"data_offsets":[0,16]}}"#, bytes: 16,
        "stores the tensor a as F4, which is not supported; convert it to F32, F16 or BF16 first"),
      Broken(
        #"{"a":{"dtype":"U8","shape":[4294967296,4294967296],"data_offsets":[0,0]}}"#,
        "gives the tensor a the shape [4294967296, 4294967296], which is impossibly large; the "
          + "file is damaged"),
      Broken(
        #"{"a":{"dtype":"U8","shape":[0],"data_offsets":[4,0]}}"#, bytes: 4,
        "lets the tensor a begin at byte 4 and end at byte 0; the file is damaged"),
      Broken(
        #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"#
          + #""\u0061":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}"#, bytes: 2,
        "names a twice in its header, so it is not clear which one counts; export it again"),
      Broken(
        #"{"a":{"dtype":"U8","dtype":"I8","shape":[1],"data_offsets":[0,1]}}"#, bytes: 1,
        "names dtype twice in its header, so it is not clear which one counts; export it again"),
      Broken(
        #"{"a":{"dtype":"U8","shape":[1]}}"#,
        "gives no data_offsets for the tensor a; export it again"),
      Broken(
        #"{"a":{"shape":[1],"data_offsets":[0,1]}}"#, bytes: 1,
        "gives no dtype for the tensor a; export it again"),
      Broken(
        #"{"a":{"dtype":"U8","shape":[-1],"data_offsets":[0,1]}}"#, bytes: 1,
        "has a header that cannot be read: expected a whole number, 0 or greater at byte 28; the "
          + "file is damaged: download it again"),
      Broken(
        #"{"a":{"dtype":"U8","shape":[1.5],"data_offsets":[0,1]}}"#, bytes: 1,
        "has a header that cannot be read: expected a whole number, 0 or greater, to end at byte "
          + "29; the file is damaged: download it again"),
      Broken(
        #"{"__metadata__":{"format":1}}"#,
        "has a header that cannot be read: expected a string at byte 26; the file is damaged: "
          + "download it again"),
      Broken(
        #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}} x"#, bytes: 1,
        "has a header that cannot be read: expected the end at byte 54; the file is damaged: "
          + "download it again"),
      Broken(
        #"{"a":{"x":"# + String(repeating: "[", count: 5000) + "}",
        "has a header that cannot be read: nested more than 64 deep at byte 72; the file is damaged: "
          + "download it again"),
    ])
  func broken(_ file: Broken) throws {
    #expect(try openingMessage(file.bytes, as: "x.safetensors") == "x.safetensors \(file.problem)")
  }

  @Test("a file cut anywhere is refused, and cut among its tensors it is called truncated")
  func cutAnywhere() throws {
    let whole = try Data(contentsOf: URL(fileURLWithPath: fixture("types.safetensors")))
    let header = 8 + Int(whole[0]) + Int(whole[1]) << 8
    for length in 0..<whole.count {
      let problem = message {
        try Array(whole.prefix(length)).withUnsafeBytes(SafetensorsHeader.parse)
      }
      #expect(!problem.isEmpty)
      if length >= header {
        let missing = whole.count - length
        #expect(
          problem == "is truncated: \(missing) of \(whole.count) bytes are missing; "
            + "download it again")
      }
    }
  }
}
