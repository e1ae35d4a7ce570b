import Files
import Foundation
import Testing

@Suite("Reading and writing files")
struct FileTests {
  /// Runs `body` with a folder that is gone afterwards.
  private func withFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.path)
  }

  /// The message of the error that `body` throws.
  private func message(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "no error"
    } catch {
      return "\(error)"
    }
  }

  private func names(in folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
  }

  @Test("what was written is read, mapped and whole, up to a limit")
  func reading() throws {
    try withFolder { folder in
      let path = folder + "/a"
      try AtomicFile.write([1, 2, 3] as [UInt8], to: path)
      #expect(try WholeFile.bytes(of: path, limit: 3) == [1, 2, 3])
      #expect(try MappedFile(path).withUnsafeBytes { Array($0) } == [1, 2, 3])
      #expect(
        message { _ = try WholeFile.bytes(of: path, limit: 2) }
          == "\(path) has 3 bytes, and at most 2 of such a file are read; is it the right file?")
    }
  }

  @Test("a missing file, a folder, a device and an empty file are told apart")
  func unreadable() throws {
    try withFolder { folder in
      let readers: [(String) throws -> Void] = [
        { _ = try WholeFile.bytes(of: $0, limit: 9) }, { _ = try MappedFile($0) },
      ]
      for read in readers {
        for name in ["/none", "/none/a"] {
          #expect(
            message { try read(folder + name) } == "\(folder)\(name) does not exist; check the path"
          )
        }
        #expect(
          message { try read(folder) } == "\(folder) is a folder, not a file; name a file in it")
        #expect(
          message { try read("/dev/null") } == "/dev/null cannot be read: it is not a regular file")
      }
      let path = folder + "/empty"
      try AtomicFile.write([UInt8](), to: path)
      #expect(try WholeFile.bytes(of: path, limit: 0).isEmpty)
      #expect(message { _ = try MappedFile(path) } == "\(path) is empty; download it again")
    }
  }

  @Test("a file without permission is refused", .enabled(if: geteuid() != 0))
  func noPermission() throws {
    try withFolder { folder in
      let path = folder + "/a"
      try AtomicFile.write([1] as [UInt8], to: path)
      chmod(path, 0)
      #expect(message { _ = try MappedFile(path) } == "\(path) cannot be read: permission denied")
    }
  }

  @Test("a write that fails leaves the old file and nothing else")
  func failing() throws {
    struct Failure: Error {}
    try withFolder { folder in
      let path = folder + "/" + String(repeating: "é", count: 120)
      try AtomicFile.write([1] as [UInt8], to: path)
      #expect(throws: Failure.self) {
        try AtomicFile.write(to: path) { sink in
          try [UInt8](repeating: 2, count: 9).withUnsafeBytes { try sink.write($0) }
          #expect(sink.count == 9)
          #expect(try names(in: folder).count == 2)
          throw Failure()
        }
      }
      #expect(try WholeFile.bytes(of: path, limit: 9) == [1])
      #expect(try names(in: folder).count == 1)
      try AtomicFile.write([3] as [UInt8], to: path)
      #expect(try WholeFile.bytes(of: path, limit: 9) == [3])
      #expect(try names(in: folder).count == 1)
    }
  }

  @Test("the places that cannot be written to are told apart")
  func unwritable() throws {
    func message(of path: String) -> String {
      self.message { try AtomicFile.write([1] as [UInt8], to: path) }
        .replacingOccurrences(of: path + " cannot be written: ", with: "")
    }
    try withFolder { folder in
      #expect(message(of: folder + "/no/a") == "there is no folder \(folder)/no; create it first")
      try AtomicFile.write([1] as [UInt8], to: folder + "/file")
      #expect(message(of: folder + "/file/a") == "a part of the path is not a folder")
      #expect(message(of: folder + "/") == "the path names no file")
      try FileManager.default.createDirectory(
        atPath: folder + "/sub", withIntermediateDirectories: false)
      #expect(
        message(of: folder + "/sub") == "there is a folder of that name; choose another name")
      // Root may write anywhere but into the kernel's own folders.
      let closed = geteuid() == 0 ? "/sys" : folder
      chmod(folder, 0o555)
      defer { chmod(folder, 0o755) }
      #expect(
        message(of: closed + "/a")
          == "the folder \(closed) is not writable; choose another or change its permissions")
      #expect(try names(in: folder) == ["file", "sub"])
    }
  }

  @Test("a full disk is named")
  func fullDisk() {
    let sink = FileSink(open("/dev/full", O_WRONLY), path: "out/a")
    #expect(
      message { try [UInt8(1)].withUnsafeBytes { try sink.write($0) } }
        == "out/a cannot be written: the disk is full; free some space or choose another folder")
    #expect(
      FileError.quotaFull("a").description
        == "a cannot be written: your disk quota is used up; free some space or choose another "
        + "folder")
  }

  @Test(
    "a folder's names are listed; no folder has none, and one that cannot be opened is an error")
  func listing() throws {
    try withFolder { folder in
      try AtomicFile.write([UInt8(1)], to: folder + "/é")
      try AtomicFile.write([UInt8(1)], to: folder + "/.b")
      #expect(try FolderListing.names(in: folder) == ["é", ".b"])
      #expect(try FolderListing.names(in: folder + "/none") == [])
      #expect(try FolderListing.names(in: folder + "/.b") == [])
      try FileManager.default.createSymbolicLink(
        atPath: folder + "/ring", withDestinationPath: "ring")
      #expect(
        message { _ = try FolderListing.names(in: folder + "/ring") }
          .hasPrefix("\(folder)/ring cannot be read: "))
    }
  }
}
