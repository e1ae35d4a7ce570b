import Foundation
import NN
import Testing

/// Parsers meet damaged bytes: whatever they are, the answer is a value or an error of ours.
@Suite("Damaged bytes")
struct TorchPickleMutationTests {
  /// Changes a few bytes, cuts or doubles a stretch.
  private func mutate(
    _ bytes: [UInt8], _ generator: inout SplitMix
  ) -> [UInt8] {
    var bytes = bytes
    for _ in 0...generator.next(upperBound: UInt(4)) where !bytes.isEmpty {
      let place = Int.random(in: bytes.indices, using: &generator)
      switch generator.next(upperBound: UInt(6)) {
      case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
      case 1: bytes[place] ^= 1 << UInt8.random(in: 0...7, using: &generator)
      case 2: bytes[place] = [0, 0x7F, 0x80, 0xFF].randomElement(using: &generator) ?? 0
      case 3: bytes.removeSubrange(place..<min(place + 9, bytes.count))
      case 4: bytes.insert(contentsOf: bytes[place..<min(place + 9, bytes.count)], at: place)
      default:
        for byte in place..<min(place + 8, bytes.count) { bytes[byte] = 0xFF }
      }
    }
    return bytes
  }

  private func torment(
    _ seed: [UInt8], _ parse: (UnsafeRawBufferPointer) throws -> some Any
  ) throws {
    var generator = SplitMix(state: 1)
    for _ in 0..<4000 {
      let bytes = mutate(seed, &generator)
      do {
        _ = try bytes.withUnsafeBytes(parse)
      } catch is SafetensorsError, is ZipArchiveError, is TorchPickleError, is ShardIndexError {
      }
    }
  }

  private func bytes(_ name: String) throws -> [UInt8] {
    try Array(Data(contentsOf: URL(fileURLWithPath: fixture(name))))
  }

  @Test(
    "what opens in spite of damage can be read to the last element",
    arguments: ["types.safetensors", "views.pt", "zip64.pt", "script.pt", "danger-legacy.ckpt"])
  func wholeFiles(_ name: String) throws {
    let seed = try bytes(name)
    var generator = SplitMix(state: 2)
    var opened = 0
    try withTemporaryFolder { folder in
      for _ in 0..<60 {
        let path = try write(mutate(seed, &generator), to: "x", in: folder)
        do {
          let file = try CheckpointFile.open(path)
          opened += 1
          for entry in file.entries.values {
            #expect(entry.copiedBytes().count == entry.byteCount)
          }
        } catch is CheckpointError {
        }
        try FileManager.default.removeItem(atPath: path)
      }
    }
    #expect((opened > 0) == (name != "danger-legacy.ckpt"))
  }

  @Test("safetensors headers never trap")
  func safetensors() throws {
    try torment(try bytes("types.safetensors"), SafetensorsHeader.parse)
  }

  @Test("shard indexes never trap")
  func index() throws {
    try torment(try bytes("sharded/model.safetensors.index.json"), ShardIndex.parse)
  }

  @Test("zip archives never trap", arguments: ["views.pt", "zip64.pt", "overlap.zip"])
  func zip(_ name: String) throws {
    try torment(try bytes(name), ZipArchive.parse)
  }

  @Test(
    "pickles never trap",
    arguments: ["views.pt", "protocol4.pt", "lightning.ckpt", "unreadable.pt", "script.pt"])
  func pickle(_ name: String) throws {
    let whole = try bytes(name)
    let archive = try whole.withUnsafeBytes(ZipArchive.parse)
    let pickle = try #require(archive.entries.values.first { $0.name.hasSuffix("/data.pkl") })
    try torment(Array(whole[pickle.bytes]), TorchPickle.parse)
  }
}

/// A small generator with a seed, so that a failure comes back.
private struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
