internal import Files
import Foundation

/// Which file of a sharded checkpoint holds which tensor (`….index.json`).
package struct ShardIndex: Sendable, Equatable {
  /// File names by tensor name. Each is a plain name in the index's own folder.
  package let files: [String: String]

  /// Reads an index.
  ///
  /// - Throws: ``ShardIndexError``.
  package static func parse(_ bytes: UnsafeRawBufferPointer) throws -> ShardIndex {
    guard bytes.count <= SafetensorsHeader.maximumLength else {
      throw ShardIndexError.malformed("it is longer than any index")
    }
    var files: [String: String]?
    do {
      var json = JSONReader(bytes)
      try json.object { json, key in
        guard key == "weight_map" else { return try json.skipValue() }
        var map = [String: String]()
        try json.object { json, tensor in map[tensor] = try json.string() }
        files = map
      }
      try json.end()
    } catch let error as JSONError {
      throw ShardIndexError.malformed(error.description)
    }
    guard let files else { throw ShardIndexError.noWeightMap }
    guard !files.isEmpty else { throw ShardIndexError.malformed("its weight_map is empty") }
    // A shard lies beside its index: a name that leads elsewhere could open any file.
    for name in Set(files.values).sorted() where !isPlain(name) {
      throw ShardIndexError.strayShard(name)
    }
    return ShardIndex(files: files)
  }

  private static func isPlain(_ name: String) -> Bool {
    !["", ".", ".."].contains(name)
      && !name.utf8.contains { [0, UInt8(ascii: "/"), UInt8(ascii: "\\")].contains($0) }
  }
}

/// What is wrong with a shard index. The description goes after the file's name.
package enum ShardIndexError: Error, CustomStringConvertible, Equatable {
  case malformed(String)
  case noWeightMap
  case strayShard(String)
  case missingShard(String)
  case absentTensor(String, shard: String)
  case duplicateTensor(String, shards: [String])

  package var description: String {
    switch self {
    case .malformed(let problem):
      "is no readable shard index: \(problem); download it again"
    case .noWeightMap:
      "is JSON text without a weight_map, not weights; name the weights file or the model folder"
    case .strayShard(let name):
      "points to the shard \(name.printable), which is no plain file name; "
        + "shards must lie beside their index, so it was not opened"
    case .missingShard(let name):
      "needs the shard \(name.printable), which is not in its folder; download it too"
    case .absentTensor(let tensor, let shard):
      "says that \(shard.printable) holds the tensor \(tensor.printable), but it does not; "
        + "index and shards are of different models: download them again"
    case .duplicateTensor(let tensor, let shards):
      "leads to the tensor \(tensor.printable) in both \(shards[0].printable) and "
        + "\(shards[1].printable); index and shards are of different models: download them again"
    }
  }
}

extension TensorFile {
  /// The union of the files that a mapped index names.
  static func sharded(_ index: MappedFile, opening open: (String) throws -> TensorFile) throws
    -> TensorFile
  {
    do {
      let files = try index.withUnsafeBytes(ShardIndex.parse).files
      return try union(files, of: index.path, opening: open)
    } catch let problem as ShardIndexError {
      throw CheckpointError.shardIndex(index.path, problem)
    }
  }

  private static func union(
    _ files: [String: String], of path: String, opening open: (String) throws -> TensorFile
  ) throws -> TensorFile {
    let folder = path.lastIndex(of: "/").map { path[...$0] } ?? ""
    var entries = [String: TensorEntry]()
    var unreadable = [String: String]()
    var holders = [String: String]()
    var format = Format.shardedSafetensors
    for shard in Set(files.values).sorted() {
      let opened: TensorFile
      do {
        opened = try open(folder + shard)
      } catch FileError.missing {
        throw ShardIndexError.missingShard(shard)
      }
      if opened.format != .safetensors { format = .shardedTorch }
      for (name, entry) in opened.entries {
        if let other = holders.updateValue(shard, forKey: name) {
          throw ShardIndexError.duplicateTensor(name, shards: [other, shard])
        }
        entries[name] = entry
      }
      unreadable.merge(opened.unreadable) { first, _ in first }
    }
    for (name, shard) in files.sorted(by: { $0.key < $1.key }) where holders[name] != shard {
      throw ShardIndexError.absentTensor(name, shard: shard)
    }
    return TensorFile(path: path, format: format, entries: entries, unreadable: unreadable)
  }
}
