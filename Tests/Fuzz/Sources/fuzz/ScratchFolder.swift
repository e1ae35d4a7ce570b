import Foundation

/// A folder in memory, for readers that take a path. It goes when the process ends in order; what a
/// finding leaves there is the caller's to remove (`scripts/fuzz` names the place in TMPDIR).
final class ScratchFolder: Sendable {
  static let shared = ScratchFolder()

  let path: String

  private init() {
    var template = Array((NSTemporaryDirectory() + "/fuzz-XXXXXX").utf8CString)
    law(mkdtemp(&template) != nil, "no folder can be made in \(NSTemporaryDirectory())")
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    atexit { try? FileManager.default.removeItem(atPath: ScratchFolder.shared.path) }
  }

  /// Makes `bytes` the content of the file called `name`; where there are none, it does not exist.
  ///
  /// - Returns: its path.
  @discardableResult
  func write(_ bytes: UnsafeRawBufferPointer, to name: String) -> String {
    let file = "\(path)/\(name)"
    guard !bytes.isEmpty else {
      unlink(file)
      return file
    }
    let descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    law(
      Foundation.write(descriptor, bytes.baseAddress, bytes.count) == bytes.count,
      "\(file) cannot be written: \(errno)")
    close(descriptor)
    return file
  }
}
