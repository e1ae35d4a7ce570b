import RAFT
import Testing

private func report(
  _ samples: [[Double?]], floor: Double = -100, _ selection: String = "best"
) throws -> RoundReport {
  var loop = try RewardRankedFineTuning(
    RAFTSettings(
      samplesPerPrompt: samples[0].count, selection: try Selection(parsing: selection)),
    policy: Script([samples]), reward: Identity(floor: floor),
    prompts: samples.indices.map { "prompt \($0)" }, seeds: RunSeeds(run: 1))
  return try loop.round(1)
}

@Suite struct RoundReportTests {
  @Test("the numbers of a round are those computed by hand")
  func byHand() throws {
    let report = try report([[1, 3], [4, 8], [0, nil]], "local-top:2")
    #expect(report.candidates == 6)
    #expect(report.selected == 2)
    #expect(report.examples == 2)
    #expect(report.meanReward == 16.0 / 5)
    #expect(report.bestReward == 11.0 / 3)
    #expect(report.selectedReward == 5.5)
    // Squares 1 + 1 + 4 + 4 over one degree of freedom in each of two prompts.
    #expect(report.spread == 5.0.squareRoot())
    // Maxima of 2, 2 and 1 normals: 1/√π, 1/√π and 0.
    let predicted = 5.0.squareRoot() * 2 / 3 / Double.pi.squareRoot()
    #expect(abs((report.predictedGain ?? 0) - predicted) < 1e-9)
    #expect(report.gain == 1)
    #expect(report.selections == [0: 1, 1: 1, 2: 0])
    #expect(report.rejected == [.notBestOfPrompt: 2, .promptDropped: 1, .excluded: 1])
    #expect(report.exclusions == ["no image": 1])
    #expect(report.acceptanceRate == 1.0 / 3)
    #expect(abs(report.selectionDivergence - BestOfN.divergence(3)) < 1e-12)
    #expect(report.tuning == TuningReport(steps: 2, meanLoss: 0.5, lastLoss: 0.25))
    #expect(report.warnings.isEmpty)
    #expect(try decoded(report) == report)
  }

  @Test("a random selection does not move the distribution")
  func random() throws {
    let report = try report([[1, 3], [4, 8]], "random:best")
    #expect(report.selectionDivergence == 0)
    #expect(report.acceptanceRate == 0.5)
    #expect(report.bestReward == 5.5)
  }

  @Test("one sample of each prompt is warned of where its prompt ranks it, and has no spread")
  func oneSample() throws {
    let warning =
      "there is one sample of each prompt, so none is better than another of its prompt; ask for "
      + "more samples per prompt"
    for selection in ["best", "local-top:1", "prompt-percentile:50", "random:best"] {
      let report = try report([[1], [2]], selection)
      #expect(report.warnings == [warning])
      #expect(report.spread == nil && report.predictedGain == nil)
      #expect(report.gain == 0)
    }
    #expect(try report([[1], [2]], "top:0.5").warnings.isEmpty)
  }

  @Test("a reward that tells nothing apart, and a drop of prompts that drops none, are warned of")
  func warnings() throws {
    #expect(
      try report([[5, 5], [5, 5]]).warnings == [
        "all 4 rewards are 5.0, so the reward has decided nothing; look at what it measures"
      ])
    #expect(
      try report([[1, 5], [2, 5]], "local-top:8").warnings == [
        "local-top:8 keeps up to 8 prompts and the round has 2, so it drops none"
      ])
  }
}
