internal import ArgumentParser
internal import CLIPReward

/// A reward as `--reward` names it.
enum RewardChoice: ExpressibleByArgument, Equatable {
  /// A head of its own, or that of `--aesthetic-head`.
  case aesthetic(head: String?)
  case clip
  case jpegSize(JPEGSizeReward.Goal)

  init?(argument: String) {
    switch argument {
    case "aesthetic": self = .aesthetic(head: nil)
    case "clip": self = .clip
    case "jpeg-size", "jpeg-size:compressible", "compressibility": self = .jpegSize(.compressible)
    case "jpeg-size:incompressible", "incompressibility": self = .jpegSize(.incompressible)
    default:
      guard argument.hasPrefix("aesthetic:"), argument.count > 10 else { return nil }
      self = .aesthetic(head: String(argument.dropFirst(10)))
    }
  }

  /// What results call the reward.
  var name: String {
    switch self {
    case .aesthetic(nil): "aesthetic"
    case .aesthetic(let head?): "aesthetic:\(head)"
    case .clip: "clip"
    case .jpegSize(.compressible): "jpeg-size"
    case .jpegSize(.incompressible): "incompressibility"
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
