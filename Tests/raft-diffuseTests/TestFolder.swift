import Foundation

/// A folder of a test's own, removed with the value.
final class TestFolder {
  let root: URL

  init() throws {
    root = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: root) }

  func url(_ name: String) -> URL { root.appending(path: name) }

  func path(_ name: String) -> String { url(name).path }

  func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

  func write(_ text: String, to name: String) throws { try write(Data(text.utf8), to: name) }

  func write(_ data: Data, to name: String) throws {
    let file = url(name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try data.write(to: file)
  }

  func data(_ name: String) throws -> Data { try Data(contentsOf: url(name)) }

  /// Every file below, hidden ones too, sorted.
  var files: [String] {
    let all = FileManager.default.subpaths(atPath: root.path) ?? []
    return all.filter {
      var isFolder: ObjCBool = false
      let isThere = FileManager.default.fileExists(atPath: path($0), isDirectory: &isFolder)
      return isThere && !isFolder.boolValue
    }.sorted()
  }

  /// Copies the tiny model to `model`, so that a test can damage it.
  func copyModel() throws {
    try FileManager.default.copyItem(at: Self.fixtures.appending(path: "model"), to: url("model"))
  }

  /// Changes keys of a JSON file; null removes one.
  func edit(_ name: String, _ changes: [String: Any]) throws {
    let object = try JSONSerialization.jsonObject(with: data(name)) as? [String: Any] ?? [:]
    let changed = object.merging(changes) { $1 }.filter { !($0.value is NSNull) }
    try write(JSONSerialization.data(withJSONObject: changed), to: name)
  }

  /// Files that the repository holds, found from this one.
  static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appending(path: "Fixtures")

  /// Fixtures of the library's tests.
  static func fixture(_ target: String, _ name: String) throws -> Data {
    let tests = fixtures.deletingLastPathComponent().deletingLastPathComponent()
    return try Data(contentsOf: tests.appending(path: "\(target)/Fixtures/\(name)"))
  }
}

extension TestFolder {
  /// The folder's images, by name.
  static let model = fixtures.appending(path: "model").path

  /// Samples from the tiny model in this folder, in two steps at 64 x 64 from seed 1, unless
  /// `arguments` say otherwise.
  func sample(
    _ arguments: [String], model: String = TestFolder.model, quiet: Bool = true,
    environment: [String: String] = [:]
  ) throws -> Command.Run {
    var all = ["sample", "--model", model]
    for (flag, value) in [
      ("--res", "64"), ("--steps", "2"), ("--seed", "1"), ("--precision", "fp32"),
      ("--threads", "1"),
    ] where !arguments.contains(flag) && !arguments.contains("no" + flag) {
      all += [flag, value]
    }
    if quiet { all.append("--quiet") }
    return try Command.run(
      all + arguments.filter { !$0.hasPrefix("no--") }, in: root, environment: environment)
  }
}
