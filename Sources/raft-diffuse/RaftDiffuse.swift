internal import ArgumentParser
internal import ExitStatuses
internal import Foundation

/// The command: parses, validates, calls the libraries, prints.
struct RaftDiffuse: ParsableCommand {
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "raft-diffuse",
    abstract:
      "Aligns Stable-Diffusion-1.5-format models by reward-ranked fine-tuning of adapters.",
    discussion: """
      Results go to standard output, progress and warnings to standard error.
      Exit status: 0 done, 64 usage, 65 bad input data, 66 missing file, 70 internal error, 74 input/output, \
      75 try again (out of memory, or stopped by Ctrl-C).
      """,
    version: version,
    subcommands: [
      AlignCommand.self, SampleCommand.self, ScoreCommand.self, RerankCommand.self,
      CompareCommand.self, TuneCommand.self, LoRACommand.self,
      InspectCommand.self, DoctorCommand.self,
    ])
}

@main
enum Main {
  static func main() {
    var running: (any ParsableCommand)?
    do {
      var command = try RaftDiffuse.parseAsRoot()
      running = command
      try command.run()
    } catch {
      end(with: error, in: running)
    }
  }

  private static func end(with error: any Error, in command: (any ParsableCommand)?) -> Never {
    if let status = ExitStatus(of: error) {
      Console.error(Advice.message(of: error, in: command))
      exit(status.rawValue)
    }
    let code = RaftDiffuse.exitCode(for: error)
    switch code {
    case .success:
      // Help and versions are asked for by errors.
      RaftDiffuse.exit(withError: error)
    case .validationFailure:
      let message = RaftDiffuse.fullMessage(for: error)
      Console.error(message.hasPrefix("Error: ") ? String(message.dropFirst(7)) : message)
      exit(ExitStatus.usage.rawValue)
    default:
      Console.error("something unforeseen happened: \(error)")
      exit(ExitStatus.internalError.rawValue)
    }
  }
}
