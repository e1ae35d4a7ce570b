internal import Files

/// The table of contents of a zip file, which is what torch checkpoints are.
///
/// Only stored (uncompressed) entries give their bytes, so nothing can unpack to more than the
/// file holds. Every entry's place is checked: inside the file, and no two over each other.
package struct ZipArchive: Sendable {
  /// More entries than any checkpoint has tensors.
  static let maximumEntries = 1_000_000
  static let maximumNameLength = 1024

  /// A file in the archive.
  package struct Entry: Sendable, Equatable {
    /// The path inside the archive.
    package let name: String
    /// Whether the bytes are stored as they are.
    package let isStored: Bool
    /// What the bytes unpack to, as the archive says.
    package let unpackedSize: UInt64
    /// The entry's bytes in the file, packed if it is not stored.
    package let bytes: Range<Int>
  }

  /// The entries by name.
  package let entries: [String: Entry]

  /// Reads the table of contents of `file`, which are all bytes of a file.
  ///
  /// - Throws: ``ZipArchiveError``.
  package static func parse(_ file: UnsafeRawBufferPointer) throws -> ZipArchive {
    let directory = try ZipDirectory.find(in: file)
    var reader = ByteReader(
      UnsafeRawBufferPointer(rebasing: file[..<directory.bytes.upperBound]),
      at: directory.bytes.lowerBound)
    var entries = [String: Entry]()
    var places = [Range<Int>]()
    for _ in 0..<directory.count {
      let record = try CentralRecord(&reader)
      let (entry, place) = try locate(record, in: file, before: directory.bytes.lowerBound)
      guard entries.updateValue(entry, forKey: entry.name) == nil else {
        throw ZipArchiveError.duplicate(entry.name)
      }
      places.append(place)
    }
    places.sort { $0.lowerBound < $1.lowerBound }
    for (first, second) in zip(places, places.dropFirst())
    where second.lowerBound < first.upperBound {
      throw ZipArchiveError.overlap
    }
    return ZipArchive(entries: entries)
  }

  /// Where the bytes of the entry called `name` are.
  ///
  /// - Throws: ``ZipArchiveError`` where there is no such entry or it is compressed.
  package func stored(_ name: String) throws -> Range<Int> {
    guard let entry = entries[name] else { throw ZipArchiveError.noEntry(name) }
    guard entry.isStored else {
      throw ZipArchiveError.compressed(
        name, packed: entry.bytes.count, unpacked: entry.unpackedSize)
    }
    return entry.bytes
  }

  /// Follows `record` to its local header.
  ///
  /// - Returns: the entry, and the bytes that it and its local header take.
  private static func locate(
    _ record: CentralRecord, in file: UnsafeRawBufferPointer, before limit: Int
  ) throws -> (Entry, Range<Int>) {
    let name = try checked(record.name)
    guard record.flags & 1 == 0 else { throw ZipArchiveError.encrypted(name) }
    let isStored = record.method == 0
    guard let start = Int(exactly: record.headerOffset), start < limit,
      let packed = Int(exactly: record.packedSize), !isStored || record.unpackedSize == packed
    else { throw ZipArchiveError.outside(name) }
    var reader = ByteReader(UnsafeRawBufferPointer(rebasing: file[..<limit]), at: start)
    guard reader.integer(UInt32.self) == 0x0403_4B50, reader.take(22) != nil,
      let nameLength = reader.integer(UInt16.self), let extraLength = reader.integer(UInt16.self),
      let localName = reader.take(Int(nameLength)), localName.elementsEqual(record.name),
      reader.take(Int(extraLength)) != nil
    else { throw ZipArchiveError.outside(name) }
    let begin = reader.position
    guard reader.take(packed) != nil else { throw ZipArchiveError.outside(name) }
    let entry = Entry(
      name: name, isStored: isStored, unpackedSize: record.unpackedSize,
      bytes: begin..<reader.position)
    return (entry, start..<reader.position)
  }

  /// `bytes` as a path that stays inside the archive.
  private static func checked(_ bytes: UnsafeRawBufferPointer) throws -> String {
    guard bytes.count <= maximumNameLength, let name = String(validating: bytes, as: UTF8.self)
    else {
      throw ZipArchiveError.damaged("an entry's name is no readable text")
    }
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    guard !name.isEmpty, !name.hasPrefix("/"), !parts.contains(".."),
      !name.utf8.contains(0), !name.utf8.contains(UInt8(ascii: "\\"))
    else { throw ZipArchiveError.strayName(name) }
    return name
  }
}

/// What is wrong with a zip file. The description goes after the file's name.
package enum ZipArchiveError: Error, CustomStringConvertible, Equatable {
  case truncated
  case damaged(String)
  case outside(String)
  case overlap
  case duplicate(String)
  case strayName(String)
  case encrypted(String)
  case compressed(String, packed: Int, unpacked: UInt64)
  case noEntry(String)

  package var description: String {
    switch self {
    case .truncated:
      "is a zip file without its table of contents, which stands at the end; "
        + "the download was cut off: download it again"
    case .damaged(let problem):
      "is a damaged zip file: \(problem); download it again"
    case .outside(let name):
      "is a damaged zip file: its table of contents is wrong about \(name.printable); "
        + "download it again"
    case .overlap:
      "is a zip file whose entries lie over each other, as in a zip bomb; do not trust it"
    case .duplicate(let name):
      "is a zip file with two entries called \(name.printable); do not trust it"
    case .strayName(let name):
      "is a zip file with an entry called \(name.printable), which leads out of it; "
        + "do not trust it"
    case .encrypted(let name):
      "is a zip file whose entry \(name.printable) is encrypted; unpack it first"
    case .compressed(let name, let packed, let unpacked):
      "is a zip file whose entry \(name.printable) is compressed (\(packed) bytes that unpack to "
        + "\(unpacked)); torch stores its files uncompressed, so it was not unpacked: "
        + "save the weights again with torch.save or as safetensors"
    case .noEntry(let name):
      "is a zip file without the entry \(name.printable); it is damaged or no torch checkpoint"
    }
  }
}
