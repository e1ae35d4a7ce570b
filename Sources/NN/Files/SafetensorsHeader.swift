package import Files
package import Torch

/// What a safetensors file says about its tensors, checked against the file's length.
///
/// A file is the header's length N in 8 bytes, N bytes of JSON, and the tensors' bytes one after
/// another without hole, overlap or rest.
package struct SafetensorsHeader: Sendable, Equatable {
  /// The longest header that the format allows, in bytes.
  package static let maximumLength = 100_000_000

  /// More dimensions than any tensor library handles.
  static let maximumRank = 64

  /// A tensor as the header describes it.
  package struct Tensor: Sendable, Equatable {
    /// The full name.
    package let name: String
    /// The type of an element.
    package let dtype: DType
    /// The size of each dimension.
    package let shape: [Int]
    /// The tensor's place in the file, in bytes from its start.
    package let bytes: Range<Int>
  }

  /// The tensors in the order of their bytes.
  package let tensors: [Tensor]

  /// What stands under `__metadata__`.
  package let metadata: [String: String]

  /// Reads the header at the start of `file`, which are all bytes of a file. Only the header's own
  /// bytes are touched.
  ///
  /// - Throws: ``SafetensorsError``; a file cut short is reported before anything else about its
  ///   tensors.
  package static func parse(_ file: UnsafeRawBufferPointer) throws -> SafetensorsHeader {
    var reader = ByteReader(file)
    guard let length = reader.integer(UInt64.self) else {
      throw SafetensorsError.tooShort(size: file.count)
    }
    guard length <= maximumLength else { throw SafetensorsError.headerTooLarge(length) }
    guard let header = reader.take(Int(length)) else {
      throw SafetensorsError.headerBeyondFile(declared: Int(length), available: reader.remaining)
    }
    guard header.first == UInt8(ascii: "{") else {
      throw SafetensorsError.malformedHeader("it does not begin with '{'")
    }
    let (entries, metadata) = try readJSON(header)
    return SafetensorsHeader(
      tensors: try check(entries, start: reader.position, size: file.count), metadata: metadata)
  }

  /// A tensor as it stands in the JSON, before anything is checked.
  private struct Entry {
    let name: String
    var type: String?
    var shape: [Int]?
    var offsets: [Int]?
  }

  private static func readJSON(
    _ header: UnsafeRawBufferPointer
  ) throws -> ([Entry], [String: String]) {
    var entries = [Entry]()
    var metadata = [String: String]()
    do {
      var json = JSONReader(header)
      try json.object { json, name in
        if name == "__metadata__" {
          try json.object { json, key in metadata[key] = try json.string() }
        } else {
          entries.append(try entry(name, &json))
        }
      }
      try json.end()
    } catch let error as JSONError {
      if case .duplicateKey(let key) = error.problem { throw SafetensorsError.duplicate(key) }
      throw SafetensorsError.malformedHeader(error.description)
    }
    return (entries, metadata)
  }

  private static func entry(_ name: String, _ json: inout JSONReader) throws -> Entry {
    var entry = Entry(name: name)
    try json.object { json, field in
      switch field {
      case "dtype": entry.type = try json.string()
      case "shape": entry.shape = try counts(&json, "the shape of \(name.printable)", maximumRank)
      case "data_offsets":
        entry.offsets = try counts(&json, "the data_offsets of \(name.printable)", 2)
      default: try json.skipValue()
      }
    }
    return entry
  }

  private static func counts(
    _ json: inout JSONReader, _ what: String, _ maximum: Int
  ) throws -> [Int] {
    var counts = [Int]()
    try json.array { json in
      guard counts.count < maximum else {
        throw SafetensorsError.malformedHeader("\(what) have more than \(maximum) numbers")
      }
      counts.append(try json.count())
    }
    return counts
  }

  /// The tensors of `entries`, in the order of their bytes, when all rules hold.
  ///
  /// - Parameters:
  ///   - start: where the tensors' bytes begin in the file.
  ///   - size: the file's length in bytes.
  private static func check(_ entries: [Entry], start: Int, size: Int) throws -> [Tensor] {
    let placed = try entries.map { entry in
      guard let offsets = entry.offsets, offsets.count == 2 else {
        throw SafetensorsError.missingField("data_offsets", tensor: entry.name)
      }
      return (entry: entry, from: offsets[0], to: offsets[1])
    }
    let last = placed.reduce(0) { max($0, $1.to) }
    let (expected, overflow) = start.addingReportingOverflow(last)
    guard !overflow, expected <= size else {
      throw SafetensorsError.truncated(size: size, expected: overflow ? Int.max : expected)
    }
    var tensors = [Tensor]()
    tensors.reserveCapacity(placed.count)
    for (entry, from, to) in placed {
      tensors.append(try tensor(entry, from: from, to: to, start: start))
    }
    tensors.sort { first, second in
      (first.bytes.lowerBound, first.bytes.upperBound)
        < (second.bytes.lowerBound, second.bytes.upperBound)
    }
    var end = start
    for (index, tensor) in tensors.enumerated() {
      if tensor.bytes.lowerBound < end {
        throw SafetensorsError.overlap(tensors[index - 1].name, tensor.name)
      }
      if tensor.bytes.lowerBound > end {
        throw SafetensorsError.hole(before: tensor.name, bytes: tensor.bytes.lowerBound - end)
      }
      end = tensor.bytes.upperBound
    }
    guard end == size else { throw SafetensorsError.padded(size: size, expected: end) }
    return tensors
  }

  private static func tensor(_ entry: Entry, from: Int, to: Int, start: Int) throws -> Tensor {
    guard let type = entry.type else {
      throw SafetensorsError.missingField("dtype", tensor: entry.name)
    }
    guard let shape = entry.shape else {
      throw SafetensorsError.missingField("shape", tensor: entry.name)
    }
    guard let dtype = DType(rawValue: type) else {
      throw SafetensorsError.unknownType(type, tensor: entry.name)
    }
    guard from <= to else {
      throw SafetensorsError.reversedOffsets(tensor: entry.name, start: from, end: to)
    }
    guard let count = TensorEntry.checkedCount(of: shape),
      case let (needed, overflow) = count.multipliedReportingOverflow(by: dtype.size), !overflow
    else {
      throw SafetensorsError.shapeTooLarge(tensor: entry.name, shape: shape)
    }
    guard needed == to - from else {
      throw SafetensorsError.sizeMismatch(
        tensor: entry.name, type: type, shape: shape, needed: needed, stored: to - from)
    }
    return Tensor(name: entry.name, dtype: dtype, shape: shape, bytes: start + from..<start + to)
  }
}

extension TensorFile {
  /// The tensors of a mapped safetensors file.
  package static func safetensors(_ file: MappedFile) throws -> TensorFile {
    let header: SafetensorsHeader
    do {
      header = try file.withUnsafeBytes(SafetensorsHeader.parse)
    } catch let problem as SafetensorsError {
      throw CheckpointError.safetensors(file.path, problem)
    }
    var entries = [String: TensorEntry](minimumCapacity: header.tensors.count)
    for tensor in header.tensors {
      entries[tensor.name] = TensorEntry(
        name: tensor.name, dtype: tensor.dtype, shape: tensor.shape, file: file,
        storage: tensor.bytes)
    }
    return TensorFile(
      path: file.path, format: .safetensors, entries: entries, metadata: header.metadata)
  }
}
