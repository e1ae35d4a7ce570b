internal import ArgumentParser

/// Measures finished parts.
struct MeasureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "measure",
    abstract: "Measures a finished part on scenes that its training did not see.",
    subcommands: [MeasureDualEncoderCommand.self, MeasureAestheticHeadCommand.self])
}
