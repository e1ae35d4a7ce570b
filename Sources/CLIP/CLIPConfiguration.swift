package import Files
package import NN

/// The sizes of a CLIP model: both towers, and the space in which their embeddings meet.
public struct CLIPConfiguration: Sendable, Equatable {
  /// Where the text tower's embedding is taken from.
  public enum EndOfText: Sendable, Equatable {
    /// The first of the largest ids: OpenAI's and open_clip's way, and that of configurations whose
    /// `eos_token_id` is 2.
    case largestID

    /// The first place of this id.
    case first(Int)

    /// The place in `ids`, which are not empty; 0 where the id is missing, as in transformers.
    package func index(in ids: [Int]) -> Int {
      switch self {
      case .largestID: ids.firstIndex(of: ids.max() ?? 0) ?? 0
      case .first(let id): ids.firstIndex(of: id) ?? 0
      }
    }
  }

  /// The vision tower.
  public let vision: VisionConfiguration

  /// The text tower; nil for a vision tower alone.
  public let text: TextConfiguration?

  /// Width of an embedding, `D`.
  public let projectionWidth: Int

  /// Where a text's embedding is taken from.
  public let endOfText: EndOfText

  /// The activation as records name it: `quick_gelu`, or `vision gelu, text quick_gelu` where the
  /// towers differ.
  public var activationName: String {
    guard let text, text.activation != vision.activation else { return vision.activation.rawValue }
    return "vision \(vision.activation.rawValue), text \(text.activation.rawValue)"
  }

  /// Reads a `config.json` of transformers, of a whole CLIP or of a vision tower alone.
  ///
  /// - Parameter activation: what both towers use whatever the file says; nil for what it says.
  /// - Throws: `CLIPError.unsupported` for a model of another family, or `ConfigurationError`.
  package init(_ file: ConfigurationFile, activation: Activation? = nil) throws {
    switch try CLIPFamily(of: file) {
    case .whole:
      let text = try Self.part("text", of: file, activation)
      vision = try VisionConfiguration(Self.part("vision", of: file, activation))
      self.text = try TextConfiguration(text, appliesDefaults: true)
      let end = try text.integer("eos_token_id", default: 49407)
      endOfText = end == 2 ? .largestID : .first(end)
    case .visionTower:
      vision = try VisionConfiguration(file.with("hidden_act", activation?.rawValue))
      text = nil
      endOfText = .largestID
    }
    projectionWidth = try file.positive("projection_dim", default: 512)
  }

  /// A part of a whole CLIP's configuration. Where the older `…_config_dict` stands beside
  /// `…_config`, it counts alone, as in transformers.
  private static func part(_ name: String, of file: ConfigurationFile, _ activation: Activation?)
    throws -> ConfigurationFile
  {
    for key in ["\(name)_config_dict", "\(name)_config"] {
      guard file.contains(key) else { continue }
      guard let part = file.part(key) else {
        throw file.wrong(key, expected: "an object of keys and values")
      }
      return part.with("hidden_act", activation?.rawValue)
    }
    return ConfigurationFile([:], path: file.path).with("hidden_act", activation?.rawValue)
  }
}

extension ConfigurationFile {
  /// The file with another text under `key`; itself where that is nil.
  func with(_ key: String, _ text: String?) -> ConfigurationFile {
    guard let text else { return self }
    return replacing([key: .string(text)])
  }
}
