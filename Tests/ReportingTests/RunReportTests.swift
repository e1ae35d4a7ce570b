import Foundation
import Imaging
import RAFT
import Reporting
import Testing

@Suite("Run reports")
struct RunReportTests {
  @Test("a summary survives its own JSON")
  func coding() throws {
    let summary = Sample.summary
    let data = try JSONEncoder().encode(summary)
    #expect(try JSONDecoder().decode(RunSummary.self, from: data) == summary)
  }

  @Test("nothing is made up about a run of which nothing is known")
  func empty() {
    let page = RunReport(RunSummary()).html
    #expect(page.contains("No round has been judged by the dev prompts yet."))
    #expect(!page.contains("<h2>") && !page.contains("<svg") && !page.contains("<table"))
  }

  @Test("the result is told first, with its interval")
  func verdict() {
    var summary = Sample.summary
    func first() -> String { Self.callouts(in: RunReport(summary).html).first ?? "" }
    #expect(
      first() == "good ✓ Round 4 is best: test aesthetic +0.42 [0.31, 0.53] over the base, "
        + "+0.39 [0.27, 0.51] over random selection; it wins 83\u{A0}% of pairs.")

    summary.test?.arms[1].comparisons = [
      .init(to: "base", .base, Estimate(0.1, interval: -0.1...0.3))
    ]
    #expect(
      first() == "warning ⚠ Round 4 is best: test aesthetic +0.1 [−0.1, 0.3] over the base. "
        + "The interval includes 0: no gain has been shown.")
    summary.test?.arms[1].comparisons = [
      .init(to: "base", .base, Estimate(-0.2, interval: -0.3 ... -0.1))
    ]
    #expect(first().hasSuffix("over the base. It is worse than the base."))
    summary.test?.arms[1].comparisons = [.init(to: "base", .base, Estimate(0.1))]
    #expect(first().hasSuffix("There is no interval."))
    summary.test = nil
    #expect(
      first() == "note · Round 4 is best so far: dev aesthetic 5.36 [5.26, 5.46] "
        + "(base 5.00 [4.90, 5.10]). The test prompts have not been sampled yet.")
    summary.bestRound = 0
    #expect(
      first()
        == "warning ⚠ No round is better than the base on the dev prompts: keep the base.")
  }

  @Test("a dev reward past its peak while the training reward rises is over-optimisation")
  func overOptimisation() {
    let texts = Sample.summary.remarks().map(\.text)
    #expect(
      texts.first
        == "Over-optimisation: the dev reward fell from 5.36 (round 4) to 5.27 (round 6) while the "
        + "mean reward of the training samples rose from 5.34 to 5.56; round 4 is the one to use.")
    #expect(texts.contains { $0.hasPrefix("CLIP score, which is watched and not optimised, fell") })
    #expect(texts.contains { $0.hasPrefix("The drift is large: predictions of noise are 0.072") })
    #expect(texts.contains("The adapter moves the weights of up_blocks by 11\u{A0}% (round 6)."))
    #expect(
      texts.contains(
        "Images of one prompt look more alike: diversity is down by 33\u{A0}%, from 0.310 (the base) to "
          + "0.208 (round 6)."))
    #expect(
      texts.contains(
        "1 of 10 prompts were never selected: “an oil painting of animal number 9”."))
  }

  @Test("a run in which nothing happens is told so, and a healthy one is left alone")
  func quiet() {
    var still = RunSummary()
    still.rounds = (0...3).map { number in
      var round = RunSummary.Round(number)
      round.devReward = Estimate(5 + 0.01 * Double(number % 2), standardError: 0.05)
      return round
    }
    #expect(
      still.remarks().map(\.text) == [
        "In 3 rounds the dev reward has not left the base's 5.00 by more than its standard error "
          + "0.050: more training steps, a higher learning rate or more samples a prompt may be "
          + "needed."
      ])
    for index in still.rounds.indices {
      still.rounds[index].devReward = Estimate(5 + Double(index), standardError: 0.05)
    }
    #expect(still.remarks() == [])
  }

  @Test("dark images, lost samples and gains that do not come are told")
  func others() {
    var summary = RunSummary()
    summary.rounds = (0...2).map { number in
      var round = RunSummary.Round(number)
      let size = 20
      let black = number * size / 4
      let pixels = (0..<size * size).flatMap { $0 / size < black ? [0, 0, 0] : [90, 120, 150] }
      round.imageStatistics = ImageStatistics(
        of: RGBImage(width: size, height: size, pixels: pixels.map { UInt8($0) }))
      round.samples = 40
      round.exclusions = number == 2 ? [.init("a black image", 8)] : []
      round.gainPredicted = 0.5
      round.gainActual = 0.01
      return round
    }
    let texts = summary.remarks().map(\.text)
    #expect(
      texts.contains(
        "Over 3 rounds selection promised a gain of +1.50 and +0.030 came: the adapter learns "
          + "little of what is selected."))
    #expect(
      texts.contains(
        "Images get dark: the near-black share of their pixels rose from 0\u{A0}% to 50\u{A0}% (the base to "
          + "round 2)."))
    #expect(
      texts.contains("In round 2 8 of 40 samples (20\u{A0}%) count for nothing: 8 × a black image.")
    )
    #expect(texts.contains { $0.hasPrefix("The images' brightness fell by 50\u{A0}%") })
  }

  @Test("every chart points at the round to stop at")
  func markers() throws {
    let page = RunReport(Sample.summary, grids: try Sample.grids()).html
    let charts = page.components(separatedBy: "<figure class=\"chart\">").count - 1
    #expect(charts == 14)
    #expect(page.components(separatedBy: ">stop here: round 4</text>").count - 1 == charts)
    let titles = page.components(separatedBy: "<h2>").dropFirst().map {
      String($0.prefix { $0 != "<" })
    }
    #expect(
      titles == [
        "What stands out", "Test prompts", "Rewards", "Over-optimisation panel", "Images",
        "What the images look like", "Prompts", "Samples left out, and time", "Recipe",
      ])
  }

  @Test("the numbers of a round have the names of metrics.jsonl, and are finite")
  func scalars() {
    var round = Sample.round(2)
    round.loss = .nan
    let names = round.scalars.map(\.name)
    #expect(
      names.prefix(6) == [
        "reward_mean", "reward_best", "reward_selected", "reward_spread", "gain_predicted",
        "gain_actual",
      ])
    #expect(names.contains("dev_reward") && names.contains("norm_mid_block"))
    #expect(!names.contains("loss"))
    #expect(Set(names).count == names.count)
    #expect(Set(round.scalars.map(\.tag)).count == names.count)
    #expect(RunSummary.Round(0).scalars == [])
    #expect(round.events(wallTime: 60).map(\.tag) == round.scalars.map(\.tag))
    #expect(round.events(wallTime: 60).allSatisfy { $0.step == 2 && $0.wallTime == 60 })
  }

  @Test(
    "the sample report can be written for a look at it",
    .enabled(if: ProcessInfo.processInfo.environment["SAMPLE_REPORT"] != nil))
  func sample() throws {
    let path = try #require(ProcessInfo.processInfo.environment["SAMPLE_REPORT"])
    let page = RunReport(Sample.summary, grids: try Sample.grids()).html
    try Data(page.utf8).write(to: URL(fileURLWithPath: path))
  }

  /// The tones and texts of the boxes, with quotation marks as they were.
  private static func callouts(in page: String) -> [String] {
    page.components(separatedBy: "<p class=\"callout ").dropFirst().map { part in
      part.components(separatedBy: "</p>")[0]
        .replacing("\"><span>", with: " ").replacing("</span>", with: "")
    }
  }
}
