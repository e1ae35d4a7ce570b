internal import ArgumentParser
internal import Diffusion
internal import Torch

/// Which model, where, and in what precision.
struct AlignModelOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A diffusers folder, a single .safetensors or .ckpt file, or a hub id in the local cache.",
      valueName: "dir|file|hub-id"))
  var model: String?

  @OptionGroup var files: ModelFiles

  @Option(
    help: ArgumentHelp("Size in pixels, N or WxH, multiples of 8.", valueName: "size"))
  var res: ImageSize?

  @Option(help: "What the networks compute in.")
  var precision: Precision?

  @Option(help: ArgumentHelp("auto, cpu, cuda, cuda:N or mps.", valueName: "device"))
  var device = "auto"

  @Option(
    help: ArgumentHelp(
      "Processor threads; all cores by default. A run keeps those it began with.", valueName: "n"))
  var threads: Int?

  func validate() throws {
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads must lie in 1…1024.")
    }
    guard device != "auto" else { return }
    do {
      _ = try Device(parsing: device)
    } catch {
      throw ValidationError("\(error)")
    }
  }

  /// The device that was asked for, or the best there is.
  func chosenDevice() throws -> Device {
    device == "auto" ? .automatic : try Device(parsing: device).checked()
  }
}
