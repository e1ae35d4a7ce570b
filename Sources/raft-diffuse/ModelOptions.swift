public import ArgumentParser
public import Diffusion
internal import Files
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
      """
      A diffusers folder, a single .safetensors or .ckpt file, a model that comes with the program by its name, or a \
      hub id in the local cache. By default the model that comes with the program.
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

  /// The device that was asked for, or the best there is.
  func chosenDevice() throws -> Device {
    try DeviceChoice.chosen(device)
  }

  /// The model by the name that records keep: the one that was asked for, or the one that comes with
  /// the program.
  ///
  /// - Throws: `ValidationError` where none was asked for, and none or several come with the program.
  func name() throws -> String { try model ?? InstalledModels().defaultName() }

  /// What there is to tell of a model that nobody named; nil where somebody did.
  func note() throws -> String? { model == nil ? Advice.ownModel(try name()) : nil }

  /// Where the model's files are.
  func location() throws -> ModelLocation {
    try ModelLocation(resolving: name(), environment: ProcessInfo.processInfo.environment)
  }

  /// Loads the model.
  func load(on device: Device) throws -> StableDiffusion {
    try StableDiffusion(
      location(), placement: precision.placement(on: device), variant: files.variant,
      tokenizer: files.tokenizer)
  }
}
