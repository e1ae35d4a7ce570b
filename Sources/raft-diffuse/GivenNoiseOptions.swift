internal import ArgumentParser
internal import Diffusion
internal import NN
internal import Torch

/// Noise from files, to compare with other implementations.
struct GivenNoiseOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Start from this noise: safetensors with one tensor latents, [B, 4, H/8, W/8].",
      valueName: "file"))
  var initialLatents: String?

  @Option(
    help: ArgumentHelp(
      "Noise of the steps, in their order: safetensors with one tensor, [steps, B, 4, H/8, W/8].",
      valueName: "file"))
  var stepNoise: String?

  /// Reads the files.
  func load() throws -> GivenNoise {
    GivenNoise(
      initial: try initialLatents.map { try tensor("latents", in: $0) },
      steps: try stepNoise.map { try tensor("noise", in: $0) })
  }

  /// The tensor called `name`, or the only one there is.
  private func tensor(_ name: String, in path: String) throws -> Tensor {
    let file = try CheckpointFile.open(path)
    let only = file.entries.count == 1 ? file.names[0] : name
    return try file.entry(only).tensor().to(.float32)
  }
}
