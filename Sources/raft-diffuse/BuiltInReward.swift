internal import CLIPReward

/// A reward that is computed here, as `--reward` names it.
enum BuiltInReward: Equatable {
  /// A head of its own, or that of `--aesthetic-head`.
  case aesthetic(head: String?)
  case clip
  case jpegSize(JPEGSizeReward.Goal)

  /// What messages offer.
  static let names =
    "aesthetic, aesthetic:FILE, clip, jpeg-size, incompressibility, command:PROGRAM or http://…"

  init?(_ name: String) {
    switch name {
    case "aesthetic": self = .aesthetic(head: nil)
    case "clip": self = .clip
    case "jpeg-size", "jpeg-size:compressible", "compressibility": self = .jpegSize(.compressible)
    case "jpeg-size:incompressible", "incompressibility": self = .jpegSize(.incompressible)
    default:
      guard name.hasPrefix("aesthetic:"), name.count > 10 else { return nil }
      self = .aesthetic(head: String(name.dropFirst(10)))
    }
  }

  /// Whether the reward needs a CLIP.
  var needsCLIP: Bool {
    switch self {
    case .aesthetic, .clip: true
    case .jpegSize: false
    }
  }
}
