internal import ArgumentParser

/// Makes the models under `weights/`.
@main
struct TrainWeights: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train-weights",
    abstract: "Makes the small models that the project ships, and the world that they know.",
    subcommands: [RenderCommand.self, PromptsCommand.self])
}
