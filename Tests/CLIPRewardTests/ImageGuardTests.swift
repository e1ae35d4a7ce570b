import CLIPReward
import Files
import Imaging
import TestSupport
import Testing

/// What must not be scored.
struct ImageGuardTests {
  private func input(_ image: RGBImage, _ name: String, prompt: String? = nil) -> RewardInput {
    RewardInput(image, name: name, prompt: prompt)
  }

  private let images = [
    RGBImage(width: 6, height: 6, filledWith: .black),
    RGBImage(width: 6, height: 6, filledWith: .init(1, 2, 0)),
    RGBImage(width: 6, height: 6, filledWith: .white),
    RewardFixtures.noise(1), RewardFixtures.noise(2), RewardFixtures.noise(1),
  ]

  @Test("black, flat and duplicate images are found, each with its reason")
  func reasons() throws {
    let inputs = images.enumerated().map { input($1, "\($0).png") }
    #expect(
      try ImageGuard().check(inputs)
        == [.black, .black, .flat, nil, nil, .duplicate(of: "3.png")])
    #expect(
      try ImageGuard(.init(flat: true)).check(inputs)
        == [nil, nil, nil, nil, nil, .duplicate(of: "3.png")])
    #expect(
      try ImageGuard(.init(duplicates: true)).check(inputs) == [
        .black, .black, .flat, nil, nil, nil,
      ])
  }

  @Test("duplicates are found across batches, whatever file the pixels come from")
  func acrossBatches() throws {
    let imageGuard = ImageGuard()
    let file = RewardInput(name: "copy.jpg", digest: "another") { RewardFixtures.noise(1) }
    #expect(try imageGuard.check([input(RewardFixtures.noise(1), "a")]) == [nil])
    #expect(try imageGuard.check([file]) == [.duplicate(of: "a")])
  }

  @Test("the same pixels under another prompt are another case only where the prompt matters")
  func prompts() throws {
    let inputs = ["x", "y"].map { input(RewardFixtures.noise(1), $0, prompt: $0) }
    #expect(try ImageGuard(readsPrompts: true).check(inputs) == [nil, nil])
    #expect(try ImageGuard(readsPrompts: false).check(inputs) == [nil, .duplicate(of: "x")])
  }

  @Test("an unreadable image is found, and a failing machine is not taken for one")
  func unreadable() throws {
    let missing = RewardInput(name: "m", digest: "0") { throw FileError.missing("m") }
    #expect(
      try ImageGuard().check([missing]) == [.unreadable("m does not exist; check the path")])
    let full = RewardInput(name: "m", digest: "0") { throw ImagingError.outOfMemory(source: "m") }
    #expect(
      message { try ImageGuard().check([full]) }
        == "there is not enough memory for m; free some, or make the image smaller")
  }

  @Test("every reason has a kind to be counted under, and words for people")
  func words() {
    let reasons: [ExclusionReason] = [
      .unreadable("u"), .black, .flat, .duplicate(of: "a.png"), .notFinite(reward: "clip"),
      .noPrompt, .belowFloor(component: "clip", score: 0.1, floor: 0.2), .failed("f"),
    ]
    #expect(
      reasons.map(\.kind) == [
        "unreadable", "black", "flat", "duplicate", "not-finite", "no-prompt", "below-floor",
        "failed",
      ])
    #expect(
      reasons.map(\.description) == [
        "u", "the image is black", "the image is of one colour only", "the same pixels as a.png",
        "the clip reward is not a finite number", "it has no prompt to compare with",
        "clip is 0.1, below the floor 0.2", "f",
      ])
  }
}
