internal import ArgumentParser
internal import Diffusion
internal import ExitStatuses
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
      initial: try initialLatents.map {
        try CheckpointFile.open($0).entryOrOnly("latents").tensor().to(.float32)
      },
      steps: try stepNoise.map {
        try CheckpointFile.open($0).entryOrOnly("noise").tensor().to(.float32)
      })
  }

  /// Refuses noise of another shape than a whole run needs.
  ///
  /// - Parameters:
  ///   - shape: that of all latents, `[B, 4, H, W]`.
  ///   - draws: steps that take noise.
  func check(_ noise: GivenNoise, shape: [Int], draws: Int) throws {
    try check(noise.initial, from: initialLatents, shape, "images, channels, height/8, width/8")
    guard let stepNoise else { return }
    guard draws > 0 else {
      throw CommandError(
        status: .usage,
        description:
          "\(stepNoise) is not used: no step of this sampler takes noise; leave out --step-noise")
    }
    try check(
      noise.steps, from: stepNoise, [draws] + shape,
      "steps that take noise, images, channels, height/8, width/8")
  }

  private func check(_ tensor: Tensor?, from file: String?, _ shape: [Int], _ meaning: String)
    throws
  {
    guard let tensor, let file, tensor.shape != shape else { return }
    throw CommandError(
      status: .badInput,
      description:
        "\(file) has noise of shape \(tensor.shape), but this run needs \(shape) (\(meaning))")
  }
}
