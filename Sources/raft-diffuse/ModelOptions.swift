public import ArgumentParser
public import Diffusion
internal import Foundation
internal import NN
internal import Torch

extension Precision: ExpressibleByArgument {}
extension SamplerKind: ExpressibleByArgument {}
extension TimestepSpacing: ExpressibleByArgument {}
extension PredictionType: ExpressibleByArgument {}

/// Which model, where, and in what precision.
struct ModelOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A diffusers folder, a single .safetensors or .ckpt file, or a hub id in the local cache.",
      valueName: "dir|file|hub-id"))
  var model: String

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

  /// The device that was asked for, or the best there is.
  func chosenDevice() throws -> Device {
    try DeviceChoice.chosen(device)
  }

  /// Where the model's files are.
  func location() throws -> ModelLocation {
    try ModelLocation(resolving: model, environment: ProcessInfo.processInfo.environment)
  }

  /// Loads the model.
  func load(on device: Device) throws -> StableDiffusion {
    try StableDiffusion(
      location(), placement: precision.placement(on: device), variant: files.variant,
      tokenizer: files.tokenizer)
  }
}
