internal import ArgumentParser
internal import CLIP

/// Measures a dual encoder.
struct MeasureDualEncoderCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "clip",
    abstract: "Measures how well a dual encoder tells captions, and pictures, from each other.")

  @OptionGroup var options: MeasureOptions

  func run() throws {
    let model = try CLIPModel(options.clip, environment: [:])
    let found = try DualEncoderMeasurement(
      model, count: options.count, size: options.size, seed: options.seed)
    try options.show(found.lines)
  }
}
