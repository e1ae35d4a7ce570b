/// An adapter in an image's record.
struct AdapterRecord: Codable, Equatable {
  /// The file's or folder's whole path.
  var path: String
  var name: String
  var scale: Double

  /// SHA-256 as A1111's web UI takes it, in full; its pages show 12 digits.
  var hash: String

  /// The text after `--lora` that chooses the same adapter, and as much of it.
  var argument: String { "\(path):\(scale)" }
}
