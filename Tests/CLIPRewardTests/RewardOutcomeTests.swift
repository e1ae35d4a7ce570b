import CLIPReward
import Testing

@Suite("What becomes of an image")
struct RewardOutcomeTests {
  @Test("an excluded image has no score, not even 0")
  func excluded() {
    #expect(RewardOutcome.excluded(.black).score == nil)
  }
}
