import Foundation
import NN
import Testing

@Suite("Safetensors in shards")
struct SafetensorsShardsTests {
  @Test("an index opens the union of its shards")
  func union() throws {
    let file = try CheckpointFile.open(fixture("sharded/model.safetensors.index.json"))
    #expect(file.format == .shardedSafetensors)
    #expect(file.names == ["a", "b", "c"])
    #expect(floats(try file.entry("b")) == [0, 1, 2])
    #expect(floats(try file.entry("c")) == [0, 1, 2, 3])
  }

  private func index(_ map: String) -> String { #"{"metadata":{},"weight_map":{\#(map)}}"# }

  /// The message of opening an index with `map` beside the two shards of the fixture.
  private func problem(_ map: String) throws -> String {
    try withTemporaryFolder { folder in
      for (name, source) in [("1", "00001"), ("2", "00002")] {
        try FileManager.default.copyItem(
          atPath: fixture("sharded/model-\(source)-of-00002.safetensors"),
          toPath: "\(folder)/\(name)")
      }
      let path = try write(index(map).utf8, to: "i.json", in: folder)
      return message { try CheckpointFile.open(path) }
        .replacingOccurrences(of: "\(folder)/", with: "")
    }
  }

  @Test("a shard that is missing, or lacks a tensor, is named")
  func missing() throws {
    #expect(
      try problem(#""a":"1","b":"1","c":"3""#)
        == "i.json needs the shard 3, which is not in its folder; download it too")
    #expect(
      try problem(#""a":"1","x":"1""#)
        == "i.json says that 1 holds the tensor x, but it does not; index and shards are of "
        + "different models: download them again")
    #expect(
      try problem(#""a":"2","b":"1""#)
        == "i.json says that 2 holds the tensor a, but it does not; index and shards are of "
        + "different models: download them again")
  }

  @Test(
    "a shard name that leads elsewhere is refused",
    arguments: ["../1", "/etc/passwd", "sub/1", "..", ".", "", #"a\\b"#])
  func traversal(_ name: String) throws {
    let shown = name.replacingOccurrences(of: #"\\"#, with: #"\"#)
    #expect(
      try problem(#""a":"\#(name)""#)
        == "i.json points to the shard \(shown), which is no plain file name; shards must lie "
        + "beside their index, so it was not opened")
  }

  @Test("JSON that is no index is refused")
  func noIndex() throws {
    #expect(
      try openingMessage(#"{"a": [1, -2.5e3, true, null, "\ud83d\ude00"]}"#.utf8)
        == "x is JSON text without a weight_map, not weights; name the weights file or the model "
        + "folder")
    #expect(
      try openingMessage(index("").utf8)
        == "x is no readable shard index: its weight_map is empty; download it again")
    #expect(
      try openingMessage(#"{"weight_map":{"a":"1","a":"2"}}"#.utf8)
        == "x is no readable shard index: the name a stands twice; download it again")
    #expect(
      try openingMessage(#"{"weight_map":{"a":"\ud800"}}"#.utf8)
        == "x is no readable shard index: expected the second half of a surrogate pair at byte "
        + "27; download it again")
  }

  @Test("a tensor in two shards is refused")
  func twice() throws {
    try withTemporaryFolder { folder in
      for name in ["1", "2"] {
        try FileManager.default.copyItem(
          atPath: fixture("sharded/model-00001-of-00002.safetensors"), toPath: "\(folder)/\(name)")
      }
      let path = try write(index(#""a":"1","b":"2""#).utf8, to: "i.json", in: folder)
      let problem = message { try CheckpointFile.open(path) }
      #expect(
        problem.hasSuffix(
          "in both 1 and 2; index and shards are of different models: download them again"))
    }
  }
}
