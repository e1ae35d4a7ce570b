import Foundation
import Imaging
import RAFT
import Reporting

/// A run of six rounds that goes past its peak, and pictures for it.
enum Sample {
  static let prompts = (0..<10).map { "an oil painting of animal number \($0)" }

  static var summary: RunSummary {
    var summary = RunSummary()
    summary.name = "animals-256"
    summary.about = "A made-up run: no model was asked for any of these numbers."
    summary.facts = [
      .init("model", "runs <on> \"any\" model & size"), .init("size", "256 × 256 pixels"),
      .init("seed", "7"), .init("samples a prompt", "10"),
    ]
    summary.rewardName = "aesthetic"
    summary.watchName = "CLIP score"
    summary.rounds = (0...6).map(round)
    summary.controlRounds = (0...6).map { number in
      var round = RunSummary.Round(number)
      round.devReward = Estimate(5.01 + 0.01 * Double(number % 3), standardError: 0.05)
      round.drift = 0.002 * Double(number)
      return round
    }
    summary.bestRound = 4
    summary.stopping = .init(round: 6, reason: "the dev reward has not risen for 2 rounds")
    summary.test = test
    summary.recipe = "name: animals-256\nrounds:\n  count: 8\n  samplesPerPrompt: 10\n"
    summary.warnings = ["The batch was halved once in round 2: memory ran out."]
    return summary
  }

  static func round(_ number: Int) -> RunSummary.Round {
    let x = Double(number)
    var round = RunSummary.Round(number)
    let peak = 5 + 0.18 * x - 0.0225 * x * x
    round.devReward = Estimate(peak, standardError: 0.05, interval: peak - 0.1...peak + 0.1)
    round.devWatch = Estimate(26 - 0.25 * x, standardError: 0.3)
    round.diversity = 0.31 - 0.017 * x
    round.mmd = number == 0 ? 0.002 : 0.05 * x
    round.imageStatistics = ImageStatistics(of: picture(number, size: 32))
    guard number > 0 else { return round }
    round.samples = 100
    round.exclusions = number == 3 ? [.init("a black image", 2)] : []
    round.selected = 8
    round.rewardMean = 4.9 + 0.11 * x
    round.rewardBest = 5.5 + 0.09 * x
    round.rewardSelected = 5.6 + 0.09 * x
    round.rewardSpread = 0.4 - 0.03 * x
    round.gainPredicted = 0.7 - 0.02 * x
    round.gainActual = number < 6 ? 0.11 : nil
    round.prompts = prompts.enumerated().map { index, prompt in
      .init(prompt, sampled: 10, selected: index == 9 ? 0 : (index + number) % 3)
    }
    round.loss = 0.12 - 0.004 * x
    round.drift = 0.012 * x
    round.adapterNorms = [
      .init("down_blocks", 0.011 * x), .init("mid_block", 0.014 * x), .init("up_blocks", 0.019 * x),
    ]
    round.seconds = [.init("sample", 512), .init("score", 9.5), .init("tune", 75)]
    return round
  }

  static var test: RunSummary.Test {
    let watch = Estimate(25.1, interval: 24.6...25.6)
    return .init(
      prompts: 20, seeds: 4,
      arms: [
        .init(.base, "base", reward: Estimate(5.02, interval: 4.9...5.14)),
        .init(
          .best, "round 4", reward: Estimate(5.44, interval: 5.31...5.57), watch: watch,
          comparisons: [
            .init(
              to: "base", .base, Estimate(0.42, interval: 0.31...0.53), probability: 0.0002,
              winRate: 0.83),
            .init(
              to: "control", .control, Estimate(0.39, interval: 0.27...0.51), probability: 0.0004,
              winRate: 0.8),
          ]),
        .init(
          .control, "control", reward: Estimate(5.05, interval: 4.92...5.18),
          comparisons: [
            .init(
              to: "base", .base, Estimate(0.03, interval: -0.04...0.1), probability: 0.41,
              winRate: 0.52)
          ]),
        .init(.bestOfN, "base, best of 10", reward: Estimate(5.6, interval: 5.5...5.7)),
      ])
  }

  static func grids() throws -> [ReportPicture] {
    var entries: [RoundGrid.Entry] = []
    for (prompt, index) in (0..<20).map({ ($0 / 5, $0 % 5) }) {
      let reward = 5 + Double((index * 7 + prompt) % 5) / 10
      entries.append(
        RoundGrid.Entry(
          SampleAddress(round: 4, prompt: prompt, index: index), of: prompts[prompt],
          reward: index == 4 ? nil : reward, isSelected: index == 2))
    }
    let round = RoundGrid("round 4", entries).grid { address in
      picture(address.prompt * 5 + address.index, size: 160)
    }
    let comparison = ComparisonGrid(
      "before and after", columns: ["base", "round 2", "round 4"],
      rows: (0..<3).map { .init(prompts[$0], seed: UInt64($0), rewards: [5, 5.2, 5.4]) }
    ).grid { row, column in picture(row * 3 + column, size: 160) }
    return [
      ReportPicture(
        try Picture(round.rendered()), title: "Round 4", caption: "rounds/004/grid.png"),
      ReportPicture(
        try Picture(comparison.rendered(), compactAbove: 1000), title: "Before and after"),
    ]
  }

  /// Noise, of which no PNG is small.
  static func noise(size: Int) -> RGBImage {
    let seeds = RunSeeds(run: 1)
    return RGBImage(
      width: size, height: size,
      pixels: (0..<3 * size * size).map { UInt8(truncatingIfNeeded: seeds.seed("noise", $0)) })
  }

  /// Rings, different for each seed.
  static func picture(_ seed: Int, size: Int) -> RGBImage {
    var pixels: [UInt8] = []
    for y in 0..<size {
      for x in 0..<size {
        let (dx, dy) = (x - size / 2, y - size / (2 + seed % 3))
        let ring = (dx * dx + dy * dy) * 90 / (size * size)
        let red = ring * (20 + 7 * seed) % 256
        let green = (ring * 11 + 40 * seed) % 256
        let blue = (x + y) * 255 / (2 * size)
        pixels += [UInt8(red), UInt8(green), UInt8(blue)]
      }
    }
    return RGBImage(width: size, height: size, pixels: pixels)
  }
}
