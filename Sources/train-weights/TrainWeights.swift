internal import ArgumentParser
internal import ExitStatuses
internal import Foundation

/// Makes the models under `weights/`.
struct TrainWeights: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train-weights",
    abstract: "Makes the models that the project ships, and the world that they know.",
    discussion: "Exit status: as raft-diffuse's; check-oracle's is 1 where a limit is not kept.",
    subcommands: [
      ShapesCommand.self, MeasureCommand.self, RenderCommand.self, PromptsCommand.self,
      OracleCommand.self, CheckOracleCommand.self,
    ])
}

@main
enum Main {
  static func main() {
    do {
      var command = try TrainWeights.parseAsRoot()
      try command.run()
    } catch {
      end(with: error)
    }
  }

  private static func end(with error: any Error) -> Never {
    if let status = ExitStatus(of: error) {
      Console.note("train-weights: \(error)")
      exit(status.rawValue)
    }
    // Help, usage and what a command itself decides are the parser's.
    let code = TrainWeights.exitCode(for: error)
    guard error is ExitCode || code == .success || code == .validationFailure else {
      Console.note("train-weights: something unforeseen happened: \(error)")
      exit(ExitStatus.internalError.rawValue)
    }
    TrainWeights.exit(withError: error)
  }
}
