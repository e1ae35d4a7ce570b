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

  /// The model; nil where none was given.
  func load() throws -> AdaptableModel? {
    guard let model else { return nil }
    let location = try ModelLocation(
      resolving: model, environment: ProcessInfo.processInfo.environment)
    return try AdaptableModel(location, variant: variant)
  }

  /// The layers that adapters of `model` may name; those of any SD-1.x model without one.
  static func names(_ model: AdaptableModel?) -> AdapterNames { model?.names ?? .anyModel }
}
