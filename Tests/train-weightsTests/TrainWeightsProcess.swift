import Foundation

/// The built `train-weights`, which lies beside the test bundle.
enum TrainWeightsProcess {
  /// How a run ended.
  struct Run {
    let status: Int32
    let output: String
    let errors: String
  }

  /// Runs the command and waits for its end.
  ///
  /// - Parameter input: what it reads on standard input.
  static func run(_ arguments: [String], input: String = "") throws -> Run {
    // Files, not pipes: a pipe that nobody empties stops the process.
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "run-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let (output, errors) = (folder.appending(path: "out"), folder.appending(path: "err"))
    for file in [output, errors] { try Data().write(to: file) }
    let question = folder.appending(path: "in")
    try Data(input.utf8).write(to: question)
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: errors)
    process.standardInput = try FileHandle(forReadingFrom: question)
    try process.run()
    process.waitUntilExit()
    return Run(
      status: process.terminationStatus,
      output: try String(contentsOf: output, encoding: .utf8),
      errors: try String(contentsOf: errors, encoding: .utf8))
  }

  private static let executable: URL = {
    let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }?.bundleURL
    let beside = bundle ?? URL(fileURLWithPath: CommandLine.arguments[0])
    return beside.deletingLastPathComponent().appending(path: "train-weights")
  }()
}
