import CLIPReward
import Imaging

/// By how much a colour outweighs the other two, −255…255: a reward that a few steps can raise, and
/// that rounding hardly changes.
struct ChannelReward: ImageReward {
  /// 0 red, 1 green, 2 blue.
  let channel: Int

  /// What becomes of an image instead; nil for its score.
  var fault: (RewardInput) throws -> RewardOutcome? = { _ in nil }

  var passport: RewardPassport {
    RewardPassport(reward: "channel", facts: ["channel": String(channel)])
  }

  var readsPrompts: Bool { false }

  func outcomes(for inputs: [RewardInput]) throws -> [RewardOutcome] {
    try inputs.map { try fault($0) ?? .score(Self.score(try $0.image(), channel)) }
  }

  private static func score(_ image: RGBImage, _ channel: Int) -> Double {
    var sums = [0, 0, 0]
    for (place, value) in image.pixels.enumerated() { sums[place % 3] += Int(value) }
    let others = Double(sums.reduce(0, +) - sums[channel]) / 2
    return (Double(sums[channel]) - others) / Double(image.width * image.height)
  }
}
