import Foundation

/// The built `raft-diffuse`, which lies beside the test bundle.
enum Command {
  struct Run {
    let status: Int32
    let output: String
    let errors: String

    /// Standard output, line by line.
    var lines: [String] { output.split(separator: "\n").map(String.init) }

    /// Standard output as one JSON object.
    func json() throws -> [String: Any] {
      try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any] ?? [:]
    }
  }

  /// Runs the command in `folder` (this process's, if nil) and waits for its end.
  static func run(
    _ arguments: [String], in folder: URL? = nil, environment: [String: String] = [:]
  ) throws -> Run {
    try run(executable, arguments, in: folder, environment: environment)
  }

  /// Runs another program the same way.
  static func run(
    _ program: URL, _ arguments: [String], in folder: URL? = nil,
    environment: [String: String] = [:]
  ) throws -> Run {
    let running = try Running(program, arguments, in: folder, environment: environment)
    return try running.end()
  }

  static let executable: URL = {
    let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }?.bundleURL
    let beside = bundle ?? URL(fileURLWithPath: CommandLine.arguments[0])
    return beside.deletingLastPathComponent().appending(path: "raft-diffuse")
  }()
}

/// A program that runs.
final class Running {
  let process = Process()
  private let files: TestFolder

  init(
    _ program: URL, _ arguments: [String], in folder: URL? = nil,
    environment: [String: String] = [:]
  ) throws {
    process.executableURL = program
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    files = try TestFolder()
    // Files, not pipes: a pipe that nobody empties stops the process.
    for name in ["out", "err"] { try files.write("", to: name) }
    process.standardOutput = try FileHandle(forWritingTo: files.url("out"))
    process.standardError = try FileHandle(forWritingTo: files.url("err"))
    process.standardInput = FileHandle.nullDevice
    try process.run()
  }

  /// What it has written to standard error so far.
  var errors: String {
    get throws { try String(contentsOf: files.url("err"), encoding: .utf8) }
  }

  /// Waits for the end.
  func end() throws -> Command.Run {
    process.waitUntilExit()
    return Command.Run(
      status: process.terminationStatus,
      output: try String(contentsOf: files.url("out"), encoding: .utf8), errors: try errors)
  }
}
