/// One prompt with one seed, and the image that each arm made of it.
package struct ComparisonCase: Sendable, Equatable {
  /// What the images should show; nil where nobody knows, and the case is its own prompt then.
  package let prompt: String?

  /// What tells the case from others of its prompt: its seed or its file's name.
  package let name: String

  /// The seed; nil where nobody knows.
  package let seed: UInt64?

  /// A path for every arm, the base's first; nil where it has no image.
  package let images: [String?]

  /// A case.
  package init(prompt: String?, name: String, seed: UInt64?, images: [String?]) {
    self.prompt = prompt
    self.name = name
    self.seed = seed
    self.images = images
  }

  /// What the cases of one prompt share.
  package var group: String { prompt.map { "prompt \($0)" } ?? "name \(name)" }
}

/// One side of a comparison.
package struct ComparisonArm: Sendable, Equatable, Codable {
  /// What tables, columns and folders call it.
  package let name: String

  /// The adapter's file and how much of it, or the folder of images; nil for the model alone.
  package let source: String?

  /// How much of the adapter; nil where there is none.
  package let scale: Double?

  /// SHA-256 of the adapter's file; nil where there is none.
  package let hash: String?

  /// An arm.
  package init(name: String, source: String? = nil, scale: Double? = nil, hash: String? = nil) {
    self.name = name
    self.source = source
    self.scale = scale
    self.hash = hash
  }

  enum CodingKeys: String, CodingKey {
    case name, source, scale
    case hash = "sha256"
  }
}
