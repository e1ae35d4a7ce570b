import Foundation
import NN
import Testing
import Torch

@Suite("Torch checkpoints")
struct TorchPickleTests {
  @Test("every type is read as torch wrote it", arguments: DType.allCases)
  func everyType(_ dtype: DType) throws {
    let file = try CheckpointFile.open(fixture("types.pt"))
    let entry = try file.entry("t.\(dtype.rawValue)")
    #expect(file.format == .torch)
    #expect(entry.dtype == dtype)
    #expect(entry.shape == [2, 3])
    #expect(entry.copiedBytes() == ramp(6, dtype))
    #expect(entry.isAligned)
  }

  @Test(
    "views of one storage are read exactly, in either protocol",
    arguments: ["views.pt", "protocol4.pt"])
  func views(_ name: String) throws {
    let file = try CheckpointFile.open(fixture(name))
    #expect(
      file.names == ["buffer", "column", "empty", "parameter", "row", "scalar", "transposed"])
    let transposed = try file.entry("transposed")
    #expect(transposed.shape == [6, 4])
    #expect(transposed.strides == [1, 6])
    #expect(!transposed.isContiguous)
    #expect(transposed.bytes == nil)
    #expect(
      floats(transposed) == (0..<6).flatMap { row in (0..<4).map { Float($0 * 6 + row) } })
    let row = try file.entry("row")
    #expect(row.isContiguous)
    #expect(row.storageOffset == 6)
    #expect(row.storage == transposed.storage)
    #expect(floats(row) == [6, 7, 8, 9, 10, 11])
    #expect(floats(try file.entry("column")) == [2, 8, 14, 20])
    #expect(floats(try file.entry("parameter")) == [0, 1, 2, 3])
    #expect(floats(try file.entry("buffer")) == [0, 1])
    #expect(floats(try file.entry("scalar")) == [1.5])
    #expect(try file.entry("empty").shape == [0, 4])
  }

  @Test("the innermost state_dict of a Lightning checkpoint is taken, the rest passed over")
  func lightning() throws {
    let file = try CheckpointFile.open(fixture("lightning.ckpt"))
    #expect(file.names == ["marked", "model.weight"])
    #expect(floats(try file.entry("model.weight")) == [0, 1, 2, 3])
    #expect(floats(try file.entry("marked")) == [0, 1])
    #expect(file.unreadable.isEmpty)
  }

  @Test("a TorchScript archive gives its modules' tensors")
  func script() throws {
    let file = try CheckpointFile.open(fixture("script.pt"))
    #expect(file.format == .torchScript)
    #expect(file.names == ["first.bias", "first.weight"])
    let weight = try file.entry("first.weight")
    #expect(weight.dtype == .float16)
    #expect(weight.shape == [3, 2])
    #expect(weight.copiedBytes() == ramp(6, .float16))
  }

  @Test(
    "a value that is no plain tensor fails only when it is asked for",
    arguments: [
      ("sparse", "torch._utils._rebuild_sparse_tensor"), ("complex", "torch.ComplexFloatStorage"),
      ("object", "__main__.Unknown"),
    ])
  func unreadable(_ name: String, _ what: String) throws {
    let file = try CheckpointFile.open(fixture("unreadable.pt"))
    #expect(floats(try file.entry("dense")) == [0, 1])
    #expect(
      message { try file.entry(name) }
        == "\(file.path) has no plain tensor under \(name) but \(what), which is not supported; "
        + "save it as a dense tensor")
  }

  @Test("a whole object is refused by its class")
  func wholeObject() {
    #expect(
      openingMessage(fixture: "whole-object.pt")
        == "whole-object.pt holds __main__.Unknown, not a state dictionary; save "
        + "model.state_dict() instead")
  }

  @Test("a torch file from before the zip format is refused with advice")
  func legacy() {
    #expect(
      openingMessage(fixture: "legacy.pt")
        == "legacy.pt is a bare pickle, as torch wrote before version 1.6; load it once with torch "
        + "and save it again with torch.save or as safetensors")
  }

  @Test(
    "a pickle that asks to run something is refused by name, and nothing runs",
    arguments: [
      ("danger-value.ckpt", "posix.system"), ("danger-nested.ckpt", "posix.system"),
      ("danger-protocol4.ckpt", "posix.system"), ("danger-protocol0.ckpt", "os.system"),
      ("danger-instance.ckpt", "os.system"), ("danger-eval.ckpt", "__builtin__.eval"),
      ("danger-legacy.ckpt", "posix.system"),
    ])
  func danger(_ name: String, _ function: String) {
    #expect(
      openingMessage(fixture: name)
        == "\(name) asks to run \(function) when it is loaded, which weights never need; it was "
        + "not run. Do not trust this file: get the weights as .safetensors from their author")
    #expect(!FileManager.default.fileExists(atPath: "/tmp/raft-diffuse-was-here"))
  }
}
