public import Imaging

/// An image to be scored, and what it was asked to show.
public struct RewardInput: Sendable {
  /// What messages and results call the image: its path where it has one.
  public let name: String

  /// The file that holds the image; nil for an image that only memory holds.
  public let path: String?

  /// What the image should show; nil where nobody knows.
  public let prompt: String?

  /// SHA-256, 64 hexadecimal digits: of the file's bytes, or of the size and pixels of an image in
  /// memory. Caches go by it and ``transparency``.
  public let digest: String

  /// What becomes of the file's transparency where ``image`` decodes it.
  public let transparency: Transparency

  /// More about the image, such as its seed; external rewards get to see it.
  public let metadata: [String: String]

  /// Decodes the image; called only by rewards that need pixels.
  public let image: @Sendable () throws -> RGBImage

  /// An image from anywhere.
  public init(
    name: String, path: String? = nil, prompt: String? = nil, digest: String,
    transparency: Transparency = .dropped, metadata: [String: String] = [:],
    image: @escaping @Sendable () throws -> RGBImage
  ) {
    self.name = name
    self.path = path
    self.prompt = prompt
    self.digest = digest
    self.transparency = transparency
    self.metadata = metadata
    self.image = image
  }

  /// What caches go by: one file has other pixels where its transparency becomes something else.
  var cacheKey: String {
    transparency == .dropped ? digest : "\(digest)+\(transparency.rawValue)"
  }
}
