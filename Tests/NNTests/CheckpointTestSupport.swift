import Foundation
import NN
import Torch

/// A file that scripts/fixtures_containers.py made.
func fixture(_ name: String) -> String {
  Bundle.module.bundleURL.appendingPathComponent("Fixtures/\(name)").path
}

/// A folder of its own for `body`, removed afterwards.
func withTemporaryFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
  let folder = NSTemporaryDirectory() + "/nn-tests-\(UInt64.random(in: 0...UInt64.max))"
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: folder) }
  return try body(folder)
}

/// Writes `bytes` as the file `name` in `folder`.
func write(_ bytes: some Sequence<UInt8>, to name: String, in folder: String) throws -> String {
  let path = "\(folder)/\(name)"
  try Data(bytes).write(to: URL(fileURLWithPath: path))
  return path
}

/// What `body` says when it fails; "" when it does not.
func message(of body: () throws -> some Any) -> String {
  do {
    _ = try body()
    return ""
  } catch {
    return "\(error)"
  }
}

/// The message of opening `bytes` as a file called `name`, without the path before the name.
func openingMessage(_ bytes: some Sequence<UInt8>, as name: String = "x") throws -> String {
  try withTemporaryFolder { folder in
    let path = try write(bytes, to: name, in: folder)
    return message { try CheckpointFile.open(path) }
      .replacingOccurrences(of: "\(folder)/", with: "")
  }
}

/// The message of opening a fixture, without the path before its name.
func openingMessage(fixture name: String) -> String {
  message { try CheckpointFile.open(fixture(name)) }
    .replacingOccurrences(of: fixture(""), with: "").drop { $0 == "/" }.description
}

/// A safetensors file with this header text and `count` bytes after it.
func safetensors(_ header: String, bytes count: Int = 0) -> [UInt8] {
  let length = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) }
  return length + Array(header.utf8) + [UInt8](repeating: 0, count: count)
}

/// The elements of a 32-bit tensor.
func floats(_ entry: TensorEntry) -> [Float] {
  entry.copiedBytes().withUnsafeBytes { bytes in
    (0..<entry.count).map { bytes.loadUnaligned(fromByteOffset: $0 * 4, as: Float.self) }
  }
}

/// The bytes of 0, 1, 2, … in `dtype`.
func ramp(_ count: Int, _ dtype: DType) -> [UInt8] {
  (0..<count).flatMap { index -> [UInt8] in
    switch dtype {
    case .float64: withUnsafeBytes(of: Double(index)) { Array($0) }
    case .float32: withUnsafeBytes(of: Float(index)) { Array($0) }
    case .float16: withUnsafeBytes(of: Self16.half[index]) { Array($0) }
    case .bfloat16: withUnsafeBytes(of: UInt16(Float(index).bitPattern >> 16)) { Array($0) }
    case .float8E4M3: [[0, 0x38, 0x40, 0x44, 0x48, 0x4A][index]]
    case .float8E5M2: [[0, 0x3C, 0x40, 0x42, 0x44, 0x45][index]]
    case .int64: withUnsafeBytes(of: Int64(index)) { Array($0) }
    case .int32: withUnsafeBytes(of: Int32(index)) { Array($0) }
    case .int16: withUnsafeBytes(of: Int16(index)) { Array($0) }
    case .int8, .uint8: [UInt8(index)]
    case .bool: [index == 0 ? 0 : 1]
    }
  }
}

private enum Self16 {
  static let half: [UInt16] = [0, 0x3C00, 0x4000, 0x4200, 0x4400, 0x4500]
}
