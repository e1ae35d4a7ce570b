import Files
import Foundation
import Testing

@Suite("Making whole folders")
struct AtomicFolderTests {
  private struct Failure: Error {}

  @Test("a folder is new, or takes the place of the one that was there, with nothing left over")
  func replaced() throws {
    try withFolder { folder in
      for name in ["one", "two"] {
        try AtomicFolder.write(to: "\(folder)/made/") { temporary in
          try AtomicFile.write(Array(name.utf8), to: "\(temporary)/\(name)")
        }
        #expect(try FolderListing.names(in: folder) == ["made"])
        #expect(try FolderListing.names(in: "\(folder)/made") == [name])
      }
    }
  }

  @Test("what fails leaves what was there, and nothing else")
  func failed() throws {
    try withFolder { folder in
      for isThere in [false, true] {
        if isThere { try AtomicFolder.write(to: "\(folder)/made") { _ in } }
        #expect(throws: Failure.self) {
          try AtomicFolder.write(to: "\(folder)/made") { temporary in
            try AtomicFile.write([1], to: "\(temporary)/x")
            throw Failure()
          }
        }
        #expect(try FolderListing.names(in: folder) == (isThere ? ["made"] : []))
        #expect(try FolderListing.names(in: "\(folder)/made") == [])
      }
    }
  }

  @Test("a folder in a folder that is not there cannot be made")
  func missing() throws {
    try withFolder { folder in
      #expect(
        throws: FileError.unwritable(
          "\(folder)/a/b",
          reason: "the folder cannot be made; check the path and its permissions")
      ) {
        try AtomicFolder.write(to: "\(folder)/a/b") { _ in }
      }
    }
  }

  private func withFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
  }
}
