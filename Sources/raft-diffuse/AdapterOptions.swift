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

  @Flag(help: "Take what fits of an adapter that does not fit in whole, with a warning.")
  var allowPartial = false

  func validate() throws {
    for choice in choices { _ = try AdapterChoice(parsing: choice) }
  }

  /// Reads the adapters.
  ///
  /// - Parameter names: the model's layers.
  func load(_ names: AdapterNames) throws -> [LoadedAdapter] {
    try choices.map { text in
      let choice = try AdapterChoice(parsing: text)
      let file = try AdapterFile.read(choice.path, names: names, allowsPartial: allowPartial)
      return LoadedAdapter(choice: choice, file: file)
    }
  }
}

/// An adapter that was read for use.
struct LoadedAdapter {
  let choice: AdapterChoice
  let file: AdapterFile

  /// What to tell about an adapter that was taken in part; nil where all of it was.
  var warning: String? {
    guard !file.leftOut.isEmpty else { return nil }
    return (["\(choice.path) was taken in part only:"] + file.leftOut).joined(separator: "\n")
  }

  /// How an image's record names it.
  var record: AdapterRecord {
    AdapterRecord(
      path: ModelFiles.recorded(choice.path), name: choice.name, scale: choice.scale,
      hash: file.hash)
  }
}

/// An adapter in an image's record.
struct AdapterRecord: Codable, Equatable {
  /// The file's or folder's whole path.
  var path: String
  var name: String
  var scale: Double

  /// SHA-256 as A1111's web UI takes it, in full; its pages show 12 digits.
  var hash: String
}
