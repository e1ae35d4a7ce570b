import Foundation
import TestSupport
import Testing
import Torch

/// What the machine says about itself, and memory that tensors borrow.
struct MachineTests {
  @Test("memory numbers are those of a machine")
  func memory() throws {
    let total = Int(ProcessInfo.processInfo.physicalMemory)
    let available = try #require(Machine.availableMemory)
    #expect(available > 0 && available <= total)
    let peak = try #require(Machine.peakMemory)
    #expect(peak > 1 << 20 && peak <= total)
    let block = try Tensor.ones([32 << 20])
    #expect(try #require(Machine.peakMemory) >= max(peak, block.count * 4))
  }

  @Test("the build is one that this package works with")
  func build() throws {
    let version = Machine.torchVersion.split(separator: ".").compactMap { Int($0) }
    #expect(version.count >= 2 && (version[0], version[1]) >= (2, 11))
    #expect(!Machine.cpuCapability.isEmpty)
    #expect(!Machine.cpuName.isEmpty)
    #expect(Machine.threadCount >= 1)
    #expect(Machine.cudaDeviceCount >= 0)
    try Machine.synchronize(.cpu)
    try Machine.emptyCache(.cpu)
  }

  /// Four floats that say when they are given up.
  private final class Bytes {
    let base = UnsafeMutablePointer<Float>.allocate(capacity: 4)
    private let released: (Bool) -> Void

    init(released: @escaping (Bool) -> Void) {
      self.released = released
      for i in 0..<4 { base[i] = Float(i) }
    }

    deinit {
      base.deallocate()
      released(true)
    }
  }

  @Test("a borrowed tensor and its views keep the owner alive, and let go of it")
  func borrowing() throws {
    var isReleased = false
    var tensor: Tensor? = try {
      let owner = Bytes { isReleased = $0 }
      return try Tensor(borrowing: owner.base, shape: [2, 2], dtype: .float32, owner: owner)
    }()
    #expect(!isReleased)
    var row: Tensor? = try tensor?[1]
    tensor = nil
    #expect(!isReleased)
    #expect(try row?.floats() == [2, 3])
    row = nil
    #expect(isReleased)
  }

  @Test("strides say how borrowed bytes are read")
  func strides() throws {
    let owner = Bytes { _ in }
    let columns = try Tensor(
      borrowing: owner.base, shape: [2, 2], strides: [1, 2], dtype: .float32, owner: owner)
    #expect(try columns.floats() == [0, 2, 1, 3])
    owner.base[2] = 7
    #expect(try columns.floats() == [0, 7, 1, 3])
  }

  @Test("an owner is let go of also where borrowing fails", arguments: [[-2, 2], [2, -2]])
  func failedBorrowing(_ shape: [Int]) throws {
    var isReleased = false
    let text = message {
      let owner = Bytes { isReleased = $0 }
      return try Tensor(
        borrowing: owner.base, shape: shape, strides: [1, 1], dtype: .float32, owner: owner)
    }
    #expect(text.hasPrefix("borrow \(shape) cannot be done on no tensor: "))
    #expect(isReleased)
  }

  @Test("no number of threads is too small to be set", arguments: [0, -3, Int.min])
  func threads(_ count: Int) {
    let before = Machine.threadCount
    defer { Machine.threadCount = before }
    Machine.threadCount = count
    #expect(Machine.threadCount == 1)
  }
}
