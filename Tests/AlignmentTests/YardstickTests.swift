import Alignment
import CLIPReward
import Reporting
import Testing

@Suite("One scale for all rounds")
struct YardstickTests {
  private func judge(_ scale: ScoreScale) throws -> Judge {
    Judge(
      [
        .init(name: "red", reward: ChannelReward(channel: 0)),
        .init(name: "green", reward: ChannelReward(channel: 1)),
      ],
      mixture: try RewardMixture([.init("red"), .init("green", weight: 0.5)], scale: scale))
  }

  @Test(
    "a mixture is measured in deviations of the base's images, each component by itself",
    arguments: [ScoreScale.zScore, .rank])
  func mixture(scale: ScoreScale) throws {
    // Means 2 and 10, standard deviations 1 and 4.
    let yardstick = Yardstick(try judge(scale), base: [[1, 3, nil], [6, 14, 10]])
    let deviation = (32.0 / 3).squareRoot()
    #expect(abs(try #require(yardstick.value([4, 14])) - (2 + 0.5 * 4 / deviation)) < 1e-12)
    #expect(abs(try #require(yardstick.value([2, 10]))) < 1e-12)
    #expect(yardstick.value([nil, 14]) == nil)
    #expect(yardstick.value([4, nil]) == nil)
  }

  @Test("a component that is the same for every image of the base tells nothing")
  func constant() throws {
    let yardstick = Yardstick(try judge(.zScore), base: [[1, 3], [6, 6]])
    #expect(yardstick.value([4, 100]) == 2)
    #expect(yardstick.value([4, nil]) == 2)
  }

  @Test("raw scores are only weighted, and a single reward stays as it is")
  func raw() throws {
    #expect(Yardstick(try judge(.raw), base: [[1, 3], [6, 14]]).value([4, 100]) == 54)
    #expect(Yardstick(try judge(.zScore), base: [[nil], [nil]]).value([4, 100]) == 54)
    let plain = Judge([.init(name: "red", reward: ChannelReward(channel: 0))])
    #expect(Yardstick(plain, base: [[1, 3]]).value([7]) == 7)
    #expect(Yardstick(plain, base: [[1, 3]]).value([nil]) == nil)
  }

  @Test("prompts count alike, however many of their images have a score")
  func estimate() {
    #expect(
      Estimate.mean(ofPrompts: [[1, 3], [nil], [5, nil]])
        == Estimate(3.5, standardError: 1.5, prompts: 2))
    #expect(Estimate.mean(ofPrompts: [[2, nil], [nil, nil]]) == Estimate(2, prompts: 1))
    #expect(Estimate.mean(ofPrompts: [[nil], []]) == nil)
  }
}
