internal import ArgumentParser
internal import Diffusion
internal import Foundation
internal import LoRA
internal import Policies

/// The model that adapters are held against, where one is given.
struct AdapterModelOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The base: names, shapes and norms are held against it.", valueName: "dir|file|hub-id"))
  var model: String?

  @Option(help: ArgumentHelp("Which set of weights to prefer, such as fp16.", valueName: "name"))
  var variant: String?

  @Flag(help: "Take what fits of an adapter that does not fit in whole, with a warning.")
  var allowPartial = false

  /// The model; nil where none was given.
  func load() throws -> AdaptableModel? {
    guard let model else { return nil }
    let location = try ModelLocation(
      resolving: model, environment: ProcessInfo.processInfo.environment)
    return try AdaptableModel(location, variant: variant)
  }

  /// Reads an adapter, and warns of what was left out.
  func read(_ path: String, _ model: AdaptableModel?) throws -> AdapterFile {
    let file = try AdapterFile.read(
      path, names: model?.names ?? .anyModel, allowsPartial: allowPartial)
    if !file.leftOut.isEmpty {
      Console.warning(
        (["\(path) was taken in part only:"] + file.leftOut).joined(separator: "\n"))
    }
    return file
  }
}
