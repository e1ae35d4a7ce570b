internal import ArgumentParser

/// Makes the models under `weights/`.
@main
struct TrainWeights: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train-weights",
    abstract: "Makes the models that the project ships, and the world that they know.",
    subcommands: [
      ShapesCommand.self, MeasureCommand.self, RenderCommand.self, PromptsCommand.self,
      OracleCommand.self, CheckOracleCommand.self,
    ])
}
