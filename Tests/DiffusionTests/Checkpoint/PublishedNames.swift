import Diffusion
import Foundation
import NN
import TestSupport

/// The names and shapes of Stable Diffusion 1.5 as published; Fixtures/README.md says where they
/// come from.
struct PublishedNames: Sendable {
  /// One tensor.
  struct Row: Sendable {
    /// The name in a single-file checkpoint, without the component's prefix.
    let single: String
    /// The shape in a single-file checkpoint.
    let shape: [Int]
    /// The name in a diffusers folder.
    let folder: String
  }

  let prefix: String
  private(set) var rows: [Row] = []

  static let all: [String: PublishedNames] = {
    let file = ModelFixtures.path("sd15-names.tsv")
    do {
      return parse(try String(contentsOfFile: file, encoding: .utf8))
    } catch {
      preconditionFailure("\(file) cannot be read: \(error)")
    }
  }()

  private static func parse(_ text: String) -> [String: PublishedNames] {
    var components: [String: PublishedNames] = [:]
    var current = ""
    for line in text.split(separator: "\n") {
      let fields = line.split(separator: "\t").map(String.init)
      if fields[0].hasPrefix("[") {
        current = String(fields[0].dropFirst().dropLast())
        components[current] = PublishedNames(prefix: fields[1])
      } else {
        let shape = fields[1].split(separator: "x").compactMap { Int($0) }
        components[current]?.rows.append(Row(single: fields[0], shape: shape, folder: fields[2]))
      }
    }
    return components
  }
}

/// A single-file checkpoint of full size that takes no room: the file has holes where the numbers
/// would be.
struct HollowCheckpoint {
  var shapes: [String: [Int]] = [:]

  /// Stable Diffusion 1.5, and what published files hold beside it.
  static func published(hasTextPrefix: Bool = true) -> HollowCheckpoint {
    var checkpoint = HollowCheckpoint()
    for component in PublishedNames.all.values {
      for row in component.rows {
        let name = hasTextPrefix ? row.single : row.single.replacing("text_model.", with: "")
        checkpoint.shapes[component.prefix + name] = row.shape
      }
    }
    for name in ["betas", "alphas_cumprod", "logvar", "posterior_variance"] {
      checkpoint.shapes[name] = [1000]
    }
    checkpoint.shapes["model_ema.decay"] = []
    checkpoint.shapes["first_stage_model.loss.logvar"] = []
    checkpoint.shapes["cond_stage_model.transformer.text_model.embeddings.position_ids"] = [1, 77]
    return checkpoint
  }

  /// Writes a safetensors file of one byte an element.
  func write(to path: String) throws {
    var end = 0
    let entries = shapes.sorted { $0.key < $1.key }.map { name, shape in
      let start = end
      end += shape.reduce(1, *)
      return
        "\"\(name)\":{\"dtype\":\"F8_E4M3\",\"shape\":\(shape),\"data_offsets\":[\(start),\(end)]}"
    }
    let header = Data("{\(entries.joined(separator: ","))}".utf8)
    let length = withUnsafeBytes(of: UInt64(header.count).littleEndian) { Data($0) }
    let file = URL(fileURLWithPath: path)
    try (length + header).write(to: file)
    let handle = try FileHandle(forWritingTo: file)
    try handle.truncate(atOffset: UInt64(8 + header.count + end))
    try handle.close()
  }

  /// Loads the file as a model.
  func load(vocabulary: String = TinyModel.tokenizer) throws -> StableDiffusion {
    try withTemporaryFolder { folder in
      let path = "\(folder)/x.safetensors"
      try write(to: path)
      return try StableDiffusion(
        .file(path), placement: Placement(), tokenizer: vocabulary)
    }
  }

  /// What loading says; the folder's path is left out.
  var failure: String {
    get throws {
      try withTemporaryFolder { folder in
        let path = "\(folder)/x.safetensors"
        try write(to: path)
        return message {
          try StableDiffusion(.file(path), placement: Placement(), tokenizer: TinyModel.tokenizer)
        }.replacing("\(folder)/", with: "")
      }
    }
  }
}
