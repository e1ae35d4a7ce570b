import NN
import Testing

@Suite("Pickles that lie or demand too much")
struct TorchPickleLimitsTests {
  private func problem(_ pickle: [UInt8]) -> String {
    message { try pickle.withUnsafeBytes(TorchPickle.parse) }
  }

  private func text(_ text: String) -> [UInt8] {
    [0x58] + withUnsafeBytes(of: UInt32(text.utf8.count).littleEndian) { Array($0) }
      + Array(text.utf8)
  }

  private func integer(_ value: Int) -> [UInt8] {
    [0x8A, 8] + withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }

  private func tuple(_ values: [Int]) -> [UInt8] {
    [0x28] + values.flatMap(integer) + [0x74]
  }

  /// A pickle of `{"a": tensor}` over a storage of `count` 32-bit numbers.
  private func tensor(shape: [Int], strides: [Int], offset: Int = 0, count: Int) -> [UInt8] {
    let storage =
      [0x28] + text("storage") + Array("ctorch\nFloatStorage\n".utf8) + text("0") + text("cpu")
      + integer(count) + [0x74, 0x51]
    let arguments =
      [0x28] + storage + integer(offset) + tuple(shape) + tuple(strides) + [0x89, 0x4E, 0x74]
    return [0x80, 2, 0x7D] + text("a") + Array("ctorch._utils\n_rebuild_tensor_v2\n".utf8)
      + arguments + [0x52, 0x73, 0x2E]
  }

  @Test("a tensor that fits its storage is accepted")
  func fits() throws {
    let pickle = tensor(shape: [2, 3], strides: [3, 1], offset: 4, count: 10)
    let parsed = try pickle.withUnsafeBytes(TorchPickle.parse)
    #expect(parsed.tensors["a"]?.offset == 4)
  }

  @Test(
    "a tensor that leaves its storage, or expands it, is refused",
    arguments: [
      ([2, 3], [3, 1], 5, 10), ([2, 3], [4, 1], 0, 6), ([1 << 40], [0], 0, 4),
      ([1], [1], Int.max, 4), ([2], [Int.max], 4, 4), ([0, 4], [4, 1], 5, 4),
    ])
  func outside(_ shape: [Int], _ strides: [Int], _ offset: Int, _ count: Int) {
    #expect(
      problem(tensor(shape: shape, strides: strides, offset: offset, count: count))
        == "describes a tensor \(shape) that does not fit the \(count) elements it is made of; the "
        + "file is damaged")
  }

  @Test(
    "an impossible shape or storage is refused",
    arguments: [
      ([-1], [1], 0, 4, "a tensor has an impossible shape"),
      ([1], [-1], 0, 4, "a tensor has an impossible shape"),
      ([1, 1], [1], 0, 4, "a tensor has an impossible shape"),
      ([1 << 32, 1 << 32], [0, 0], 0, 4, "a tensor has an impossible shape"),
      ([1], [1], 0, Int.max, "a storage claims an impossible size"),
      ([1], [1], 0, -1, "it refers to something that is no storage"),
    ])
  func impossible(
    _ shape: [Int], _ strides: [Int], _ offset: Int, _ count: Int, _ what: String
  ) {
    #expect(
      problem(tensor(shape: shape, strides: strides, offset: offset, count: count))
        == "has a pickle that makes no sense: \(what); the file is damaged: download it again")
  }

  @Test("an instruction that torch does not write is refused by its code")
  func instruction() {
    #expect(
      problem([0x80, 2, 0x82, 1])
        == "has a pickle with the instruction 0x82 at byte 2, which torch.save does not write; "
        + "save the weights again with torch.save or as safetensors")
  }

  @Test("a pickle that stops short is called damaged")
  func short() {
    let whole = tensor(shape: [2], strides: [1], count: 2)
    for length in 0..<whole.count {
      #expect(
        problem(Array(whole[..<length]))
          == "has a pickle that ends too early; the file is damaged: download it again")
    }
  }

  private func tooMuch(_ what: String) -> String {
    "has a pickle with more \(what) than any checkpoint needs, so it was not read further; do not "
      + "trust this file"
  }

  @Test("endless stacks, objects and nesting are cut off")
  func endless() {
    let many = 3 << 20
    #expect(problem([UInt8](repeating: 0x4E, count: many)) == tooMuch("values on its stack"))
    #expect(problem([UInt8](repeating: 0x28, count: many)) == tooMuch("values on its stack"))
    #expect(
      problem([0x5D] + [UInt8](repeating: 0x85, count: many)) == tooMuch("objects"))
    // Deep, but not too many: a tuple in a tuple, half a million times.
    let nested = [UInt8](repeating: 0x85, count: 1 << 19)
    let deep = [0x7D] + text("a") + [0x29] + nested + [0x73, 0x2E]
    #expect(problem(deep) == tooMuch("dictionaries inside each other"))
  }

  @Test("dictionaries that hold themselves, or double at each level, are cut off")
  func doubling() {
    // d = {}; d["a"] = d
    #expect(
      problem([0x7D, 0x71, 0] + text("a") + [0x68, 0, 0x73, 0x2E])
        == tooMuch("dictionaries inside each other"))
    // d = {}; d["state_dict"] = d
    #expect(
      problem([0x7D, 0x71, 0] + text("state_dict") + [0x68, 0, 0x73, 0x2E])
        == tooMuch("dictionaries inside each other"))
    // Forty levels of {"a": d, "b": d}.
    var bomb: [UInt8] = [0x7D, 0x71, 0]
    for level in UInt8(0)..<40 {
      bomb += [0x7D, 0x28] + text("a") + [0x68, level] + text("b") + [0x68, level, 0x75]
      bomb += [0x71, level + 1]
    }
    #expect(problem(bomb + [0x2E]) == tooMuch("values"))
    // One long list, made into a dictionary again and again.
    var copies: [UInt8] = [0x5D, 0x71, 0, 0x28]
    for _ in 0..<20_000 { copies += [0x4E, 0x4E, 0x86] }
    copies += [0x65] + Array("ccollections\nOrderedDict\n".utf8) + [0x71, 1]
    for _ in 0..<20_000 { copies += [0x68, 1, 0x68, 0, 0x85, 0x52] }
    #expect(problem(copies) == tooMuch("pairs in lists"))
  }

  @Test("a name twice is refused")
  func duplicate() {
    let whole = tensor(shape: [2], strides: [1], count: 2)
    // {"a": t} again, with the same key and value.
    let twice: [UInt8] =
      Array(whole[..<(whole.count - 2)]) + [0x71, 0, 0x73] + text("a") + [0x68, 0, 0x73, 0x2E]
    #expect(
      problem(twice)
        == "names the tensor a twice, so it is not clear which one counts; save it again")
  }
}
