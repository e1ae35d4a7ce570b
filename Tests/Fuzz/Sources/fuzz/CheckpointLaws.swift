import Foundation
import NN
import Torch

/// What the readers of weights keep: whatever they accept lies inside the file.
enum CheckpointLaws {
  /// The most that a file is lengthened to be as long as its header wants.
  private static let longestTail = 1 << 16

  /// The header, as the bytes stand and behind a length that fits them.
  ///
  /// Only the file's length matters behind the header, so a file that is too short or too long for
  /// its header is read again at the right length: else nearly every input would end there.
  @Sendable static func safetensors(_ bytes: UnsafeRawBufferPointer) {
    let length = withUnsafeBytes(of: UInt64(bytes.count).littleEndian) { Array($0) }
    for file in [Array(bytes), length + Array(bytes)] {
      do {
        try parseHeader(file)
      } catch SafetensorsError.truncated(let size, let expected)
        where expected - size <= longestTail
      {
        attempt {
          try parseHeader(file + [UInt8](repeating: 0, count: expected - size))
        }
      } catch SafetensorsError.padded(_, let expected) {
        attempt { try parseHeader(Array(file[..<expected])) }
      } catch {
        refused(error)
      }
    }
  }

  private static func parseHeader(_ file: [UInt8]) throws {
    let header = try file.withUnsafeBytes { try SafetensorsHeader.parse($0) }
    var end: Int?
    for tensor in header.tensors {
      let count = tensor.shape.reduce(1, *)
      law(count * tensor.dtype.size == tensor.bytes.count, "\(tensor.name) has other bytes")
      law(end == nil || end == tensor.bytes.lowerBound, "a hole before \(tensor.name)")
      end = tensor.bytes.upperBound
    }
    law(end == nil || end == file.count, "bytes after the last tensor")
    law(Set(header.tensors.map(\.name)).count == header.tensors.count, "a name stands twice")
  }

  /// The index of a sharded checkpoint.
  @Sendable static func shardIndex(_ bytes: UnsafeRawBufferPointer) {
    attempt {
      let index = try ShardIndex.parse(bytes)
      law(!index.files.isEmpty, "an index of nothing")
      for name in index.files.values {
        let url = URL(fileURLWithPath: "/shards/\(name)").standardizedFileURL
        law(url.deletingLastPathComponent().path == "/shards", "\(name) leads out of its folder")
      }
    }
  }

  /// A pickle alone.
  @Sendable static func pickle(_ bytes: UnsafeRawBufferPointer) {
    attempt {
      for (name, tensor) in try TorchPickle.parse(bytes).tensors {
        let stored = tensor.storage.byteCount
        law(tensor.shape.count == tensor.strides.count, "\(name) has other strides")
        law(stored != nil, "the storage of \(name) is larger than any")
        let count = tensor.shape.reduce(1, *)
        let reach = zip(tensor.shape, tensor.strides).reduce(tensor.offset) {
          $0 + ($1.0 - 1) * $1.1
        }
        law(
          count == 0 || (reach + 1) * tensor.dtype.size <= stored ?? 0,
          "\(name) reaches out of its storage")
      }
    }
  }

  /// A whole file of any format, opened as the command opens it, and every tensor in it read.
  @Sendable static func checkpoint(_ bytes: UnsafeRawBufferPointer) {
    attempt { try parseArchive(bytes) }
    attempt {
      let file = try CheckpointFile.open(ScratchFolder.shared.write(bytes, to: "file"))
      var copied = 0
      for (name, entry) in file.entries {
        law(name == entry.name, "\(entry.name) stands under \(name)")
        law(entry.byteCount <= entry.storage.count, "\(name) is larger than its storage")
        law(entry.storage.upperBound <= bytes.count, "\(name) lies outside the file")
        // Tensors may share bytes, and then reading all takes longer than the file is long.
        copied += entry.byteCount
        guard copied <= 1 << 20 else { continue }
        law(entry.copiedBytes().count == entry.byteCount, "\(name) gives other bytes")
      }
    }
  }

  private static func parseArchive(_ bytes: UnsafeRawBufferPointer) throws {
    let archive = try ZipArchive.parse(bytes)
    let places = archive.entries.values.map(\.bytes).sorted { $0.lowerBound < $1.lowerBound }
    law(places.allSatisfy { $0.upperBound <= bytes.count }, "an entry lies outside the file")
    law(
      zip(places, places.dropFirst()).allSatisfy { $0.upperBound <= $1.lowerBound },
      "entries share bytes")
    for (name, entry) in archive.entries {
      law(name == entry.name, "\(entry.name) stands under \(name)")
      law(!name.hasPrefix("/") && !"/\(name)/".contains("/../"), "\(name) leads out of the archive")
      attempt { _ = try archive.stored(name) }
    }
  }
}
