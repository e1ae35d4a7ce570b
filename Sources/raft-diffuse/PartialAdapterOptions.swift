internal import ArgumentParser
internal import LoRA

/// Whether adapters have to fit in whole, and how they are read then.
struct PartialAdapterOptions: ParsableArguments {
  @Flag(help: "Take what fits of an adapter that does not fit in whole, with a warning.")
  var allowPartial = false

  /// Reads an adapter.
  ///
  /// - Parameter names: the layers that it may name.
  func read(_ path: String, names: AdapterNames) throws -> AdapterFile {
    try AdapterFile.read(path, names: names, allowsPartial: allowPartial)
  }
}

/// A command that reads adapters and has `--allow-partial`.
protocol PartialAdapterCommand: ParsableCommand {
  /// The flag.
  var partialAdapters: PartialAdapterOptions { get }
}
