import TestSupport
import Testing
import Torch

/// What errors say, in our words; libtorch's own text follows them and changes between versions.
struct TorchErrorTests {
  private func x(_ shape: [Int]) throws -> Tensor { try .zeros(shape) }

  @Test("a shape error names the operation and both shapes")
  func shapes() throws {
    let (a, b) = (try x([2, 3]), try x([4, 5]))
    let messages = [
      (message { try a + b }, "add cannot be done on F32 [2, 3] and F32 [4, 5]: "),
      (message { try a.matmul(b) }, "matmul cannot be done on F32 [2, 3] and F32 [4, 5]: "),
      (message { try a.linear(b) }, "linear cannot be done on F32 [2, 3] and F32 [4, 5]: "),
      (message { try a.reshaped([5]) }, "reshape to [5] cannot be done on F32 [2, 3]: "),
      (
        message { try Tensor.concatenated([a, b]) },
        "concatenate along 0 cannot be done on F32 [2, 3] and F32 [4, 5]: "
      ),
      (
        message { try a.narrowed(1, 2..<4) },
        "narrow to 2..<4 along 1 cannot be done on F32 [2, 3]: "
      ),
      (
        message { try a.linear(x([4, 3]), bias: x([5])) },
        "linear cannot be done on F32 [2, 3] and F32 [4, 3] and F32 [5]: "
      ),
    ]
    for (found, start) in messages {
      #expect(found.hasPrefix(start))
      #expect(found.count > start.count)
      #expect(!found.contains("\n"))
    }
  }

  @Test("a list without tensors is refused")
  func emptyList() {
    #expect(
      message { try Tensor.concatenated([]) }
        == "concatenate along 0 cannot be done on no tensor: the list is empty")
    #expect(
      message { try Tensor.stacked([], along: 1) }
        == "stack along 1 cannot be done on no tensor: the list is empty")
  }

  @Test("only a tensor of one element is an item")
  func item() throws {
    #expect(
      message { try x([2, 2]).item() }
        == "item cannot be done on F32 [2, 2]: it has 4 elements, not one")
    #expect(
      message { try x([0]).item() } == "item cannot be done on F32 [0]: it has 0 elements, not one")
    #expect(try x([1, 1]).item() == 0)
  }

  @Test("pieces must be equal")
  func chunks() throws {
    #expect(
      message { try x([2, 5]).chunks(2, along: -1) }
        == "chunks cannot be done on F32 [2, 5]: 5 cannot be cut into 2 equal pieces")
    #expect(
      message { try x([2, 5]).chunks(0, along: 0) }
        == "chunks cannot be done on F32 [2, 5]: 2 cannot be cut into 0 equal pieces")
  }

  @Test("values must be as many as the shape has elements")
  func values() {
    #expect(
      message { try Tensor([1, 2, 3] as [Float], shape: [2, 2]) }
        == "tensor cannot be done on F32 [2, 2]: 3 values were given for 4 elements")
  }

  @Test("a dimension that is not there is an error")
  func dimensions() throws {
    #expect(
      message { try x([2]).transposed(0, 3) }.hasPrefix(
        "transpose 0, 3 cannot be done on F32 [2]: "))
    #expect(
      message { try x([2]).chunks(2, along: 4) }
        == "chunks cannot be done on F32 [2]: there is no dimension 4")
  }

  @Test(
    "a device is read by its name",
    arguments: [
      ("cpu", Device.cpu), ("cuda", .cuda(0)), ("cuda:0", .cuda(0)), ("cuda:13", .cuda(13)),
      ("mps", .mps),
    ])
  func devices(text: String, device: Device) throws {
    #expect(try Device(parsing: text) == device)
    #expect(try Device(parsing: device.description) == device)
  }

  @Test(
    "what is no device is refused", arguments: ["", "gpu", "cuda:", "cuda:x", "cuda:-1", "CPU"])
  func unknownDevice(_ text: String) {
    #expect(
      message { try Device(parsing: text) }
        == "“\(text)” is no device; use auto, cpu, cuda, cuda:0 … or mps")
  }

  @Test(
    "a device that is not there is an error, not a crash",
    .enabled(if: Machine.cudaDeviceCount == 0, "this machine has a CUDA device"))
  func absentDevice() throws {
    let text = message { try x([2]).to(device: .cuda(0)) }
    #expect(text.hasPrefix("to F32 on cuda:0 cannot be done on F32 [2]: "))
  }

  @Test("more memory than any machine has is an out-of-memory error")
  func outOfMemory() throws {
    #expect {
      try Tensor.empty([1 << 46])
    } throws: { error in
      guard case .outOfMemory(let name, let operands, _)? = error as? TorchError else {
        return false
      }
      return name == "empty [70368744177664]" && operands.isEmpty
    }
    let text = message { try x([1, 1]).expanded([1 << 23, 1 << 23]).clone() }
    #expect(
      text.hasPrefix("out of memory in clone on F32 [8388608, 8388608] ("))
    // It leaves nothing behind.
    #expect(try x([2]).floats() == [0, 0])
  }
}
