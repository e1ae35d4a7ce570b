internal import ArgumentParser
internal import Diffusion
internal import Foundation
internal import NN
internal import Torch

/// Which model, where, and in what precision, for a command that may do without one.
struct OptionalModelOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      A diffusers folder, a single .safetensors or .ckpt file, a model that comes with the program by its name, or a \
      hub id in the local cache.
      """, valueName: "dir|file|name|hub-id"))
  var model: String?

  @OptionGroup var files: ModelFiles

  @Option(help: "What the networks compute in.")
  var precision: Precision = .automatic

  @Option(help: ArgumentHelp("auto, cpu, cuda, cuda:N or mps.", valueName: "device"))
  var device = "auto"

  @Option(help: ArgumentHelp("Processor threads; all cores by default.", valueName: "n"))
  var threads: Int?

  func validate() throws {
    try DeviceChoice.check(device: device, threads: threads)
  }

  /// Loads `name`.
  func load(_ name: String, on device: Device) throws -> StableDiffusion {
    try StableDiffusion(
      ModelLocation(resolving: name, environment: ProcessInfo.processInfo.environment),
      placement: precision.placement(on: device), variant: files.variant,
      tokenizer: files.tokenizer)
  }
}
