internal import ArgumentParser
internal import LoRA

/// Which adapters are added to a model.
struct AdapterOptions: ParsableArguments {
  @Option(
    name: .customLong("lora"),
    help: ArgumentHelp(
      "An adapter of any common form, and how much of it (1 by default); may be given more than once.",
      valueName: "file[:scale]"))
  var choices: [String] = []

  @OptionGroup var partial: PartialAdapterOptions

  func validate() throws {
    for choice in choices { _ = try AdapterChoice(parsing: choice) }
  }

  /// Reads the adapters.
  ///
  /// - Parameter names: the model's layers.
  func load(_ names: AdapterNames) throws -> [LoadedAdapter] {
    try choices.map { text in
      let choice = try AdapterChoice(parsing: text)
      return LoadedAdapter(choice: choice, file: try partial.read(choice.path, names: names))
    }
  }
}
