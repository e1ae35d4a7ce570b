internal import ArgumentParser
internal import Diffusion

/// Which model, where, and in what precision.
struct AlignModelOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      A diffusers folder, a single .safetensors or .ckpt file, a model that comes with the program by its name, or a \
      hub id in the local cache.
      """, valueName: "dir|file|name|hub-id"))
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
    try DeviceChoice.check(device: device, threads: threads)
  }
}
