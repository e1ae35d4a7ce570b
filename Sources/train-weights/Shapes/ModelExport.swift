internal import Files
internal import Foundation

/// The finished model as a folder that StableDiffusionPipeline loads: the networks, the vocabulary,
/// the noise schedule, and beside them the dual encoder, the aesthetic head and a manifest.
struct ModelExport {
  /// The numbers that the model was made with.
  let settings: ShapesSettings

  /// The seed that it was made from.
  let seed: UInt64

  /// Where the parts are.
  let work: WorkFolder

  /// Writes the model into the folder at `out`, which is made where it is not there. Other files in
  /// it are left alone.
  ///
  /// - Throws: ``ExportError`` where a part or its record is missing; nothing has been written then.
  func write(to out: String) throws {
    let parts = try finishedParts()
    let records = try records()
    let out = try WorkFolder(out).path
    // It tells of the model that was there before, and stands for a whole one.
    try Removal.remove("\(out)/\(Self.manifest)")
    for part in parts { try copy(part, into: out) }
    try Self.index.write(to: "\(out)/model_index.json")
    try AtomicFolder.write(to: "\(out)/scheduler") { folder in
      try JSONValue(settings.denoiser.scheduler).write(to: "\(folder)/scheduler_config.json")
    }
    let files =
      try parts.flatMap { try Self.files(of: $0, below: out) }
      + ["model_index.json", "scheduler/scheduler_config.json"]
    try manifest(of: files, below: out, records).write(to: "\(out)/\(Self.manifest)")
  }

  /// The names of the folders and files that the other parts have left.
  private func finishedParts() throws -> [String] {
    let paths = [
      work.autoencoder.path, work.dualEncoder.path, work.textEncoder.path, work.tokenizer,
      work.aestheticHead, work.denoiser.path,
    ]
    for path in paths where !FileManager.default.fileExists(atPath: path) {
      throw ExportError.missingPart(path)
    }
    return paths.map { URL(fileURLWithPath: $0).lastPathComponent }
  }

  private func copy(_ part: String, into out: String) throws {
    let source = "\(work.path)/\(part)"
    let names = try FolderListing.names(in: source)
    guard !names.isEmpty else { return try Self.copy(file: source, to: "\(out)/\(part)") }
    try AtomicFolder.write(to: "\(out)/\(part)") { folder in
      for name in names { try Self.copy(file: "\(source)/\(name)", to: "\(folder)/\(name)") }
    }
  }

  private static func copy(file: String, to path: String) throws {
    let file = try MappedFile(file)
    try AtomicFile.write(to: path) { sink in try file.withUnsafeBytes { try sink.write($0) } }
  }

  /// The paths of a part's files, from `out`.
  private static func files(of part: String, below out: String) throws -> [String] {
    let names = try FolderListing.names(in: "\(out)/\(part)")
    return names.isEmpty ? [part] : names.map { "\(part)/\($0)" }
  }

  /// What the model was made from, and what came of it.
  private func manifest(
    of files: [String], below out: String, _ records: [String: JSONValue]
  ) throws -> JSONValue {
    var digests: [String: JSONValue] = [:]
    for file in files {
      digests[file] = .string(try Digest.sha256(ofFile: "\(out)/\(file)"))
    }
    return [
      "seed": .string(String(seed)),
      "settings": try JSONValue(parsing: JSONEncoder().encode(settings)),
      "parts": JSONValue(records),
      "sha256": JSONValue(digests),
    ]
  }

  /// What the parts say about themselves, by their names.
  private func records() throws -> [String: JSONValue] {
    let results = [
      AutoencoderTraining.name: work.autoencoder.path,
      TextTowerTraining.name: work.textEncoder.path,
      DualEncoderTraining.name: work.dualEncoder.path,
      AestheticHeadTraining.name: work.aestheticHead,
      DenoiserTraining.name: work.denoiser.path,
    ]
    var records: [String: JSONValue] = [:]
    for (part, result) in results.sorted(by: { $0.key < $1.key }) {
      let path = work.record(of: part)
      guard FileManager.default.fileExists(atPath: path) else {
        throw ExportError.missingRecord(path, of: result)
      }
      records[part] = try JSONValue(
        parsing: Data(WholeFile.bytes(of: path, limit: JSONValue.maximumLength)))
    }
    return records
  }

  private static let manifest = "manifest.json"

  /// `model_index.json`.
  private static let index: JSONValue = [
    "_class_name": "StableDiffusionPipeline",
    "_diffusers_version": "0.30.0",
    "feature_extractor": [nil, nil],
    "image_encoder": [nil, nil],
    "requires_safety_checker": false,
    "safety_checker": [nil, nil],
    "scheduler": ["diffusers", "PNDMScheduler"],
    "text_encoder": ["transformers", "CLIPTextModel"],
    "tokenizer": ["transformers", "CLIPTokenizer"],
    "unet": ["diffusers", "UNet2DConditionModel"],
    "vae": ["diffusers", "AutoencoderKL"],
  ]
}
