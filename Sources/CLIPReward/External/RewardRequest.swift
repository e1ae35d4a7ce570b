internal import Foundation

/// What an external reward is asked about one image (docs/rewards.md).
struct RewardRequest: Encodable, Equatable {
  /// The image, by name or itself.
  enum Image: Encodable, Equatable {
    /// An absolute path.
    case path(String)
    /// A PNG file in base64.
    case png(base64: String)

    enum CodingKeys: String, CodingKey {
      case path
      case png = "png_base64"
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      switch self {
      case .path(let path): try container.encode(path, forKey: .path)
      case .png(let base64): try container.encode(base64, forKey: .png)
      }
    }
  }

  /// What the answer names; no other request of this reward has it.
  let id: String
  let prompt: String?
  let image: Image
  let meta: [String: String]

  enum CodingKeys: String, CodingKey { case id, prompt, image, meta }

  /// Writes the prompt as null where there is none, so that it is always there.
  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(id, forKey: .id)
    try container.encode(prompt, forKey: .prompt)
    try container.encode(image, forKey: .image)
    try container.encode(meta, forKey: .meta)
  }

  /// The request as JSON in one line, without its end.
  func json() throws -> Data { try Self.encoder.encode(self) }

  /// All requests as the body of a POST.
  static func body(_ requests: [RewardRequest]) throws -> Data {
    try encoder.encode(["items": requests])
  }

  private static var encoder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return encoder
  }
}
