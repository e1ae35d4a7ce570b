internal import ArgumentParser
internal import Diffusion
internal import ExitStatuses
internal import Foundation
internal import LoRA
internal import Policies
internal import Torch

/// `raft-diffuse lora merge`: adapters that become part of a model.
struct LoRAMergeCommand: PartialAdapterCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge",
    abstract: "Write a model with adapters merged into its weights.",
    discussion: """
      A diffusers folder becomes a folder, a single file a single file under its own names. Weights are summed in fp32 \
      and rounded once; what the adapters do not touch stays as it is, byte for byte.
      """)

  @Option(help: ArgumentHelp("The base model.", valueName: "dir|file|hub-id"))
  var model: String

  @Option(help: ArgumentHelp("Which set of weights to prefer, such as fp16.", valueName: "name"))
  var variant: String?

  @OptionGroup var adapters: AdapterOptions

  @Option(
    help: ArgumentHelp("The folder or file to write, as the model is.", valueName: "dir|file"))
  var out: String

  @Option(help: "What UNet and text encoder are stored as; by default as they are.")
  var dtype: StoredType?

  @Flag(help: "Replace a file or a model's folder that exists.")
  var force = false

  @Flag(help: "Print one machine-readable object on standard output.")
  var json = false

  var partialAdapters: PartialAdapterOptions { adapters.partial }

  func validate() throws {
    if adapters.choices.isEmpty {
      throw ValidationError("--lora is missing: name at least one adapter to merge.")
    }
  }

  func run() throws {
    let location = try ModelLocation(
      resolving: model, environment: ProcessInfo.processInfo.environment)
    try check(location)
    let base = try AdaptableModel(location, variant: variant)
    let loaded = try adapters.load(base.names)
    Console.remarks(on: loaded.map(\.file))
    let merge = AdapterMerge(
      loaded.map { ($0.file.weights, $0.choice.scale) }, dtype: dtype?.dtype)
    let report = try merge.write(location, to: out, variant: variant)
    for name in report.leftOut {
      Console.warning("\(name) was not copied: it holds the model without the adapters")
    }
    if report.lost > 0.05 {
      Console.warning(
        "rounding to \(report.dtype?.rawValue ?? "the stored type") took away "
          + String(format: "%.1f", 100 * report.lost)
          + " % of the adapters' effect; --dtype fp32 keeps it, and so does sampling with --lora")
    }
    if json {
      try Console.json(
        Merged(
          out: out, merged: report.merged, dtype: report.dtype?.rawValue, lost: report.lost,
          leftOut: report.leftOut, adapters: loaded.map(\.record)))
    } else {
      try Console.result(out)
    }
  }

  /// Finds out before any work whether the result can be written.
  private func check(_ location: ModelLocation) throws {
    guard !location.holds(out), !ModelLocation.folder(out).holds(location.path) else {
      throw CommandError(
        status: .usage,
        description:
          "--out \(out) is the model itself or lies in it; name another place, since merging starts from the pristine weights"
      )
    }
    switch location {
    case .file:
      guard out.hasSuffix(".safetensors") else {
        throw CommandError(
          status: .usage,
          description: "--out \(out): a single file is merged into a .safetensors file; name one")
      }
      try OutputFile.check(out, force: force)
    case .folder:
      guard !out.hasSuffix(".safetensors"), !out.hasSuffix(".ckpt") else {
        throw CommandError(
          status: .usage, description: "--out \(out): a folder is merged into a folder; name one")
      }
      try OutputFile.check(modelFolder: out, force: force)
    }
  }

  /// What `--json` prints.
  struct Merged: Encodable {
    let out: String

    /// Tensors that were changed.
    let merged: Int
    let dtype: String?

    /// The share of the adapters' effect that rounding took away.
    let lost: Double
    let leftOut: [String]
    let adapters: [AdapterRecord]

    enum CodingKeys: String, CodingKey {
      case out, merged, dtype, lost, adapters
      case leftOut = "left_out"
    }
  }
}
