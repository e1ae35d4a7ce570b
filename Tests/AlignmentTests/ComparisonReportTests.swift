import Alignment
import CLIPReward
import RAFT
import Reporting
import Testing

/// What a comparison says, from scores that are known.
struct ComparisonReportTests {
  /// Two arms over `prompts` × 2 seeds: the base scores 0 and 1, the arm `gain` of the prompt more.
  private func report(
    _ prompts: Int, seeds: Int = 2, effect: Double? = nil, missing: Set<String> = [],
    gain: (Int) -> Double
  ) -> ComparisonReport {
    var images: [String: ComparedImage] = [:]
    var cases: [ComparisonCase] = []
    for prompt in 0..<prompts {
      for seed in 0..<seeds {
        let paths = ["base/\(prompt)-\(seed)", "new/\(prompt)-\(seed)"]
        for (arm, path) in zip(["base", "new"], paths) {
          let score = Double(seed) + (arm == "new" ? gain(prompt) : 0)
          images[path] = ComparedImage(
            arm: arm, prompt: "prompt \(prompt)", seed: UInt64(seed), path: path,
            scores: missing.contains(path) ? [:] : ["sharp": score],
            excluded: missing.contains(path) ? "the image is black" : nil)
        }
        cases.append(
          ComparisonCase(
            prompt: "prompt \(prompt)", name: "seed \(seed)", seed: UInt64(seed), images: paths))
      }
    }
    let passport = RewardPassport(reward: "command", facts: ["program": "sharp.py"])
    return ComparisonReport(
      arms: [ComparisonArm(name: "base"), ComparisonArm(name: "new", source: "new.safetensors")],
      metrics: [
        ComparisonMetric(name: "sharp", passport: .init(passport), effect: effect)
      ], cases: cases, images: images)
  }

  @Test("the table has the arms, what best of n would give, and what it takes to know more")
  func table() throws {
    let report = report(8, effect: 0.05) { $0.isMultiple(of: 2) ? 0.1 : 0.3 }
    let lines = try ComparisonTable(report).lines()
    #expect(
      lines == [
        "sharp",
        "arm               mean  difference    95 % interval      p  p (Holm)       better  prompts",
        "base             0.500",
        "new              0.700      +0.200  +0.087 … +0.313  0.008     0.008  100\u{A0}% of 16        8",
        "base, best of 2   1.00      +0.500",
        "new: to find an effect of 0.050 with 80 % power: 30 more prompts (38 in all); not reachable "
          + "by more seeds",
      ])
  }

  @Test("pairs without both scores are left out and counted, and few prompts get no interval")
  func missing() throws {
    let report = report(2, missing: ["base/0-0", "new/1-1"]) { _ in 1 }
    let finding = try #require(report.findings.first)
    #expect(finding.comparison.pairs == 2)
    #expect(finding.comparison.difference == 1)
    let notes = ComparisonTable(report).notes(on: report.metrics[0])
    #expect(
      notes.prefix(2) == [
        "new: no interval: 2 prompts are fewer than the 8 that one can stand on",
        "new: 2 of 4 pairs lack a score and were left out",
      ])
  }

  @Test("what is needed is told by prompts and by seeds")
  func needed() throws {
    func text(_ groups: [[Double]], effect: Double, prompts: Int) throws -> String {
      let components = try #require(VarianceComponents(groups))
      return ComparisonTable.text(
        of: NeededSamples(effect: effect, components, promptCount: prompts))
    }
    let seeds = [[1.0, -1], [-1, 1], [1, -1]]
    #expect(
      try text(seeds, effect: 0.5, prompts: 10)
        == "to find an effect of 0.500 with 80 % power: 24 more prompts (34 in all), or 6 more seeds a "
        + "prompt (8 in all)")
    #expect(
      try text([[1], [2], [3]], effect: 1, prompts: 3)
        == "to find an effect of 1.00 with 80 % power: 7 more prompts (10 in all); what more seeds would "
        + "do is not known from one seed a prompt")
    #expect(
      try text(seeds, effect: 5, prompts: 10)
        == "to find an effect of 5.00 with 80 % power, there are prompts enough")
  }

  @Test("the page says what was found, and by which passport")
  func page() throws {
    let report = report(9) { 0.1 + 0.01 * Double($0) }
    let page = try report.page(grid: .init(report.grid(rowCount: 4))).rendered()
    #expect(page.contains("new is better by sharp: "))
    #expect(page.contains("<h2>sharp</h2>"))
    #expect(page.contains("passport "))
  }
}
