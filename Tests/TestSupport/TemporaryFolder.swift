internal import Foundation

/// A folder of its own for `body`, removed afterwards.
package func withTemporaryFolder<Result>(_ body: (_ folder: String) throws -> Result) throws
  -> Result
{
  let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer {
    do { try FileManager.default.removeItem(at: folder) } catch {}
  }
  return try body(folder.path)
}

/// What `body` says when it fails; "" when it does not.
package func message(of body: () throws -> some Any) -> String {
  do {
    _ = try body()
    return ""
  } catch {
    return "\(error)"
  }
}
