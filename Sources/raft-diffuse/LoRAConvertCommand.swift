internal import ArgumentParser
public import LoRA
internal import Torch

extension AdapterWeights.WritableForm: ExpressibleByArgument {}

/// `raft-diffuse lora convert`: an adapter in another form.
struct LoRAConvertCommand: PartialAdapterCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Write an adapter in another form.",
    discussion: """
      diffusers and kohya are one .safetensors file (kohya's is what A1111 and ComfyUI read), peft is a folder.
      """)

  @Argument(help: ArgumentHelp("A file or folder of any form.", valueName: "adapter"))
  var adapter: String

  @Option(help: "The form to write.")
  var to: AdapterWeights.WritableForm

  @Option(help: ArgumentHelp("What to write.", valueName: "file|dir"))
  var out: String

  @Option(
    help:
      "What the factors are stored as; by default as they are, or fp32 where scaling would round them."
  )
  var dtype: StoredType?

  @OptionGroup var base: AdapterModelOptions
  @OptionGroup var partialAdapters: PartialAdapterOptions

  @Flag(help: "Replace files that exist.")
  var force = false

  @Flag(help: "Print one machine-readable object on standard output.")
  var json = false

  func validate() throws {
    guard to == .peft || out.hasSuffix(".safetensors") else {
      throw ValidationError("--out \(out): name a .safetensors file for the form \(to.rawValue).")
    }
    guard to != .peft || !out.hasSuffix(".safetensors") else {
      throw ValidationError("--out \(out): the form peft is a folder; name one.")
    }
  }

  func run() throws {
    let model = try base.load()
    let file = try partialAdapters.read(adapter, names: AdapterModelOptions.names(model))
    Console.remarks(on: [file])
    let outputs = file.weights.files(to, at: trimmed)
    for output in outputs { try OutputFile.check(output, force: force) }
    var weights = file.weights
    weights.metadata["raft.version"] = RaftDiffuse.version
    weights.metadata["raft.converted_from"] = "\(file.form.rawValue) \(file.hash)"
    let stored = dtype?.dtype ?? naturalType(of: file)
    let written = try weights.write(to, to: trimmed, dtype: stored, base: base.model)
    if json {
      try Console.json(
        Converted(
          files: written, form: to.rawValue, dtype: stored.rawValue,
          layers: weights.layers.count, convertedFrom: file.form.rawValue))
    } else {
      for path in written { try Console.result(path) }
    }
  }

  private var trimmed: String { out.hasSuffix("/") ? String(out.dropLast()) : out }

  /// The file's own type, where it has one and nothing has to be multiplied in that would round.
  private func naturalType(of file: AdapterFile) -> DType {
    guard file.dtypes.count == 1, let own = file.dtypes.first, own.size <= 4,
      [.float32, .float16, .bfloat16].contains(own)
    else { return .float32 }
    return file.weights.convertsExactly(to: to) ? own : .float32
  }

  /// What `--json` prints.
  struct Converted: Encodable {
    let files: [String]
    let form: String
    let dtype: String
    let layers: Int
    let convertedFrom: String

    enum CodingKeys: String, CodingKey {
      case files, form, dtype, layers
      case convertedFrom = "converted_from"
    }
  }
}
