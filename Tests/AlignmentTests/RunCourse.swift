import Alignment
import CLIPReward
import Recipes

/// Runs that have different things to remember.
enum RunCourse: String, CaseIterable, Sendable {
  /// The plain run, with its control arm.
  case plain
  /// Mixed rewards less β·d, from the best of all rounds, with an average that samples.
  case regularised
  /// Images that are encoded again, each round from the base, beside the base's own.
  case anew

  /// The run in `folder`.
  func session(_ folder: String) throws -> Session {
    var session = Session(folder)
    switch self {
    case .plain: break
    case .regularised:
      session.recipe = Session.recipe { recipe in
        recipe.rounds.beta = 10
        recipe.rounds.replay = true
        recipe.tuning.averaging = 0.9
        recipe.tuning.guidanceAware = true
        recipe.control = false
        recipe.prompts.test = []
      }
      session.judge = try Self.mixture()
    case .anew:
      session.recipe = Session.recipe { recipe in
        recipe.rounds.fromBase = true
        recipe.rounds.prompts = 2
        recipe.tuning.source = .images
        recipe.tuning.preservation = 0.5
        recipe.tuning.accumulation = 2
        recipe.tuning.captionDropout = 0.3
        recipe.adapter.dropout = 0.2
        recipe.control = false
      }
      session.watch = Judge([.init(name: "blue", reward: ChannelReward(channel: 2))])
    }
    return session
  }

  /// Red and, half as much, green, in standard deviations within each prompt.
  static func mixture() throws -> Judge {
    Judge(
      [
        .init(name: "red", reward: ChannelReward(channel: 0)),
        .init(name: "green", reward: ChannelReward(channel: 1)),
      ],
      mixture: try RewardMixture(
        [.init("red"), .init("green", weight: 0.5)], scale: .zScore, scope: .prompt))
  }
}
