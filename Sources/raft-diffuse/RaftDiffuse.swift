internal import ArgumentParser
internal import Foundation

/// The command: parses, validates, calls the libraries, prints.
struct RaftDiffuse: ParsableCommand {
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "raft-diffuse",
    abstract: "Samples Stable-Diffusion-1.5-format models natively.",
    discussion: """
      Results go to standard output, progress and warnings to standard error.
      Exit status: 0 done, 64 usage, 65 bad input data, 66 missing file, 70 internal error, 74 input/output, \
      75 try again (out of memory).
      """,
    version: version,
    subcommands: [SampleCommand.self, InspectCommand.self, DoctorCommand.self])
}

@main
enum Main {
  static func main() {
    do {
      var command = try RaftDiffuse.parseAsRoot()
      try command.run()
    } catch {
      guard let status = ExitStatus(of: error) else { RaftDiffuse.exit(withError: error) }
      Console.error("raft-diffuse: \(error)")
      exit(status.rawValue)
    }
  }
}
