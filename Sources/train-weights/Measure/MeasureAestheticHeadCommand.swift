internal import ArgumentParser
internal import CLIP
internal import CLIPReward

/// Measures an aesthetic head.
struct MeasureAestheticHeadCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "head",
    abstract: "Measures how well an aesthetic head tells clean renders from spoilt ones.")

  @OptionGroup var options: MeasureOptions

  @Option(help: ArgumentHelp("An aesthetic head.", valueName: "file"))
  var head: String

  func run() throws {
    let found = try AestheticHeadMeasurement(
      AestheticHead(head), on: CLIPModel(options.clip, environment: [:]), count: options.count,
      size: options.size, seed: options.seed)
    try options.show(found.lines)
  }
}
