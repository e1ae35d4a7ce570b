internal import Files

/// Where the central directory of a zip file lies, in its 32-bit or 64-bit form.
struct ZipDirectory {
  /// How many entries the directory has.
  let count: Int
  /// The directory's place in the file.
  let bytes: Range<Int>

  /// Finds the directory of `file` through the record at the file's end.
  static func find(in file: UnsafeRawBufferPointer) throws -> ZipDirectory {
    // The record takes 22 bytes and may be followed by a comment of up to 65535.
    let lowest = max(0, file.count - 22 - 65_535)
    for position in stride(from: file.count - 22, through: lowest, by: -1) {
      var reader = ByteReader(file, at: position)
      guard reader.integer(UInt32.self) == 0x0605_4B50 else { continue }
      guard let disk = reader.integer(UInt16.self), let firstDisk = reader.integer(UInt16.self),
        let countHere = reader.integer(UInt16.self), let count = reader.integer(UInt16.self),
        let size = reader.integer(UInt32.self), let offset = reader.integer(UInt32.self),
        let commentLength = reader.integer(UInt16.self), reader.remaining == commentLength
      else { continue }
      if let wide = try find64(in: file, before: position) { return wide }
      guard disk == 0, firstDisk == 0, countHere == count else {
        throw ZipArchiveError.damaged("it is one part of several")
      }
      return try ZipDirectory(
        count: UInt64(count), size: UInt64(size), offset: UInt64(offset), end: position)
    }
    throw ZipArchiveError.truncated
  }

  /// Finds the 64-bit record through its locator, which ends at `position`; nil without one.
  private static func find64(
    in file: UnsafeRawBufferPointer, before position: Int
  ) throws -> ZipDirectory? {
    guard position >= 20 else { return nil }
    var locator = ByteReader(file, at: position - 20)
    guard locator.integer(UInt32.self) == 0x0706_4B50 else { return nil }
    guard locator.integer(UInt32.self) == 0, let offset = locator.integer(UInt64.self),
      locator.integer(UInt32.self) == 1, offset <= UInt64(position - 20)
    else { throw ZipArchiveError.damaged("its 64-bit record is not where it should be") }
    let end = Int(offset)
    var reader = ByteReader(file, at: end)
    guard reader.integer(UInt32.self) == 0x0606_4B50, reader.take(12) != nil,
      reader.integer(UInt32.self) == 0, reader.integer(UInt32.self) == 0,
      let countHere = reader.integer(UInt64.self), let count = reader.integer(UInt64.self),
      countHere == count, let size = reader.integer(UInt64.self),
      let start = reader.integer(UInt64.self)
    else { throw ZipArchiveError.damaged("its 64-bit record cannot be read") }
    return try ZipDirectory(count: count, size: size, offset: start, end: end)
  }

  /// Checks that `count` entries fit into `size` bytes at `offset`, and these before `end`.
  private init(count: UInt64, size: UInt64, offset: UInt64, end: Int) throws {
    let (last, overflow) = offset.addingReportingOverflow(size)
    guard !overflow, last <= UInt64(end) else {
      throw ZipArchiveError.damaged("its table of contents does not fit into it")
    }
    guard count <= size / UInt64(CentralRecord.minimumSize),
      count <= UInt64(ZipArchive.maximumEntries)
    else { throw ZipArchiveError.damaged("it claims \(count) entries") }
    self.count = Int(count)
    bytes = Int(offset)..<Int(last)
  }
}

/// One entry of the central directory.
struct CentralRecord {
  static let minimumSize = 46

  let flags: UInt16
  let method: UInt16
  let packedSize: UInt64
  let unpackedSize: UInt64
  let headerOffset: UInt64
  let name: UnsafeRawBufferPointer

  /// Reads the record ahead of `reader`.
  init(_ reader: inout ByteReader) throws {
    let problem = ZipArchiveError.damaged("an entry of its table of contents cannot be read")
    guard reader.integer(UInt32.self) == 0x0201_4B50, reader.take(4) != nil,
      let flags = reader.integer(UInt16.self), let method = reader.integer(UInt16.self),
      reader.take(8) != nil, let packed = reader.integer(UInt32.self),
      let unpacked = reader.integer(UInt32.self), let nameLength = reader.integer(UInt16.self),
      let extraLength = reader.integer(UInt16.self),
      let commentLength = reader.integer(UInt16.self), reader.take(8) != nil,
      let offset = reader.integer(UInt32.self), let name = reader.take(Int(nameLength)),
      let extra = reader.take(Int(extraLength)), reader.take(Int(commentLength)) != nil
    else { throw problem }
    self.flags = flags
    self.method = method
    self.name = name
    // A field of all ones stands in the 64-bit extra field instead, in this order.
    var wide = Self.field64(extra)
    func value(_ narrow: UInt32) throws -> UInt64 {
      guard narrow == UInt32.max else { return UInt64(narrow) }
      guard let value = wide?.integer(UInt64.self) else { throw problem }
      return value
    }
    unpackedSize = try value(unpacked)
    packedSize = try value(packed)
    headerOffset = try value(offset)
  }

  /// The contents of the 64-bit field among the extra fields.
  private static func field64(_ extra: UnsafeRawBufferPointer) -> ByteReader? {
    var reader = ByteReader(extra)
    while let tag = reader.integer(UInt16.self), let length = reader.integer(UInt16.self),
      let field = reader.take(Int(length))
    {
      if tag == 1 { return ByteReader(field) }
    }
    return nil
  }
}
