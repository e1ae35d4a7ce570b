internal import ArgumentParser
internal import LoRA
internal import Policies

/// `raft-diffuse lora inspect`: what is in files of adapters.
struct LoRAInspectCommand: PartialAdapterCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Show an adapter's form, ranks, scales, targets and how much it changes.")

  @Argument(help: ArgumentHelp("Files or folders.", valueName: "adapter"))
  var adapters: [String]

  @OptionGroup var base: AdapterModelOptions
  @OptionGroup var partialAdapters: PartialAdapterOptions

  @Flag(help: "Print one machine-readable object an adapter, each on its line.")
  var json = false

  func run() throws {
    let model = try base.load()
    for (i, path) in adapters.enumerated() {
      let file = try partialAdapters.read(path, names: AdapterModelOptions.names(model))
      if let warning = file.warning { Console.warning(warning) }
      let report = try AdapterReport(file, targets: model?.targets)
      if json {
        try Console.json(report)
      } else {
        if i > 0 { try Console.result("") }
        try Console.result(report.text)
      }
    }
  }
}
