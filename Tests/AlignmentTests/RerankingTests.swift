import Alignment
import CLIPReward
import Files
import NN
import RAFT
import Recipes
import RunStore
import TestSupport
import Testing
import Torch

@Suite("Reranking")
struct RerankingTests {
  private let control = RunControl(shouldStop: { false }, tell: { _ in })
  private let small = StoredRun([[3, 1, 2], [5, 4, 6]])

  /// Ranks a run anew, as its recipe says but for `settings`.
  private func reranking(
    _ run: RunDirectory, _ stored: StoredRun, rewards: RunRewards? = nil,
    _ settings: (inout RerankSettings) -> Void = { _ in }
  ) throws -> Reranking {
    var chosen = RerankSettings(stored.recipe)
    settings(&chosen)
    return try Reranking(
      run, recipe: stored.recipe, settings: chosen, rewards: rewards, control: control)
  }

  private func rewards(_ reward: any ImageReward, _ embedder: ImageEmbedder? = nil) -> RunRewards {
    RunRewards(
      judge: Judge([.init(name: "known", reward: reward)]), watch: nil, embedder: embedder)
  }

  private func reason(_ round: RerankedRound, _ prompt: Int, _ index: Int) -> String? {
    round.samples.first { $0.address.prompt == prompt && $0.address.index == index }?.after.reason
  }

  /// Selected before and now; kept, dropped and new.
  private func counts(_ change: SelectionChange) -> [Int] {
    [change.before, change.after, change.kept, change.dropped, change.new]
  }

  @Test("the run's own rule over its own scores changes nothing")
  func same() throws {
    try small.withRun { run in
      let round = try reranking(run, small).round(1)
      #expect(round.rule == "best")
      #expect(round.samples.allSatisfy { $0.before == $0.after })
      let change = round.change
      #expect(change.samples == 6)
      #expect(counts(change) == [2, 2, 2, 0, 0])
      #expect(change.excludedBefore == 0)
      #expect(change.excludedAfter == 0)
      #expect(change.rankCorrelation == 1)
      #expect(change.oldReward == .init(before: 4.5, after: 4.5))
    }
  }

  @Test("two of each prompt instead of one keep what was selected and add one each")
  func rule() throws {
    try small.withRun { run in
      let round = try reranking(run, small) { $0.selection = Selection(.bestOfPrompt(keep: 2)) }
        .round(1)
      let change = round.change
      #expect(counts(change) == [2, 4, 2, 0, 2])
      // (3 + 2 + 6 + 5) / 4
      #expect(change.newReward == .init(before: 4.5, after: 4))
      #expect(reason(round, 0, 1) == "not the best of its prompt")
      #expect(reason(round, 0, 2) == "selected")
    }
  }

  @Test("with fewer samples of each prompt, the best of those is taken")
  func fewer() throws {
    try small.withRun { run in
      let round = try reranking(run, small) { $0.samplesPerPrompt = 2 }.round(1)
      let change = round.change
      #expect(counts(change) == [2, 2, 1, 1, 1])
      #expect(change.oldReward == .init(before: 4.5, after: 4))
      #expect(change.excludedAfter == 2)
      #expect(reason(round, 1, 2) == "beyond the samples of each prompt asked for")
    }
  }

  @Test("a reward of the opposite order selects the others, without an image")
  func otherReward() throws {
    let scores: [String: Double] = [
      "000-00": -3, "000-01": -1, "000-02": -2, "001-00": -5, "001-01": -4, "001-02": -6,
    ]
    let reward = KnownReward { name in
      scores.first { name.contains($0.key) }?.value ?? .nan
    }
    try small.withRun { run in
      let reranking = try reranking(run, small, rewards: rewards(reward))
      let change = try reranking.round(1).change
      #expect(counts(change) == [2, 2, 0, 2, 2])
      #expect(change.rankCorrelation == -1)
      #expect(change.correlatedPrompts == 2)
      #expect(change.oldReward == .init(before: 4.5, after: 2.5))
      #expect(change.newReward == .init(before: -4.5, after: -2.5))
      #expect(reranking.decodedCount == 0)
    }
  }

  @Test("what was refused for what it shows stays refused, and what failed a floor does not")
  func refusals() throws {
    var stored = small
    stored.judgements[0][0] = [
      .excluded("black: the image is black"), .score(1), .excluded("below-floor: too low"),
    ]
    try stored.withRun { run in
      let reward = KnownReward { $0.hasSuffix("-02.png") ? 9 : 8 }
      let round = try reranking(run, stored, rewards: rewards(reward)).round(1)
      #expect(reason(round, 0, 0) == "excluded: black: the image is black")
      #expect(reason(round, 0, 2) == "selected")
      #expect(round.change.excludedBefore == 2)
      #expect(round.change.excludedAfter == 1)
    }
  }

  @Test("β ranks by the stored divergences, and by 0 where the model had not moved")
  func divergences() throws {
    var stored = StoredRun([[3, 1, 2]], [[3, 1, 2]])
    stored.divergences = [[[2, 0, 0.5]]]
    try stored.withRun { run in
      let reranking = try reranking(run, stored) { $0.beta = 1 }
      let first = try reranking.round(1)
      #expect(first.samples.map(\.after.key) == [3, 1, 2])
      let second = try reranking.round(2)
      #expect(second.samples.map(\.after.key) == [1, 1, 1.5])
      #expect(second.samples.map(\.after.isSelected) == [false, false, true])
      #expect(second.samples.map(\.after.reward) == [3, 1, 2])
    }
    stored.divergences = nil
    try stored.withRun { run in
      #expect(throws: RerankError.noDivergences(round: 2, missing: 3)) {
        try reranking(run, stored) { $0.beta = 1 }.round(2)
      }
    }
  }

  @Test("rounds, numbers of samples and selections that cannot be are refused")
  func refused() throws {
    try small.withRun { run in
      let rounds = try reranking(run, small).rounds()
      #expect(rounds == [1])
      #expect(throws: RerankError.noRound(4, run: run.paths.folder, sampled: [1])) {
        try reranking(run, small).round(4)
      }
      #expect(throws: RerankError.tooMany(samplesPerPrompt: 4, made: 3)) {
        try reranking(run, small) { $0.samplesPerPrompt = 4 }
      }
      #expect(throws: RAFTError.self) {
        try reranking(run, small) { $0.selection = Selection(.bestOfPrompt(keep: 4)) }
      }
    }
  }

  @Test("another head over 1,000 stored embeddings decodes no image and embeds none")
  func thousand() throws {
    let embedder = ImageEmbedder(NoModel())
    func vector(_ address: SampleAddress) -> [Float] {
      var generator = SplitMix64(seed: UInt64(address.prompt * 100 + address.index))
      return (0..<4).map { _ in Float(generator.unit() - 0.5) }
    }
    var stored = StoredRun((0..<100).map { _ in (0..<10).map(Double.init) })
    stored.embedding = (embedder.modelDigest, vector)
    try withTemporaryFolder { folder in
      let path = "\(folder)/sa_0_4_test.safetensors"
      try SafetensorsWriter.write(
        [
          .init(name: "weight", tensor: try Tensor([1, -2, 0.5, 3] as [Float], shape: [1, 4])),
          .init(name: "bias", tensor: try Tensor([0.25] as [Float], shape: [1])),
        ], to: path)
      let head = try AestheticHead(path) { try Digest.sha256(ofFile: $0) }
      let reward = try AestheticReward(head, embedder)
      try stored.withRun { run in
        let reranking = try reranking(run, stored, rewards: rewards(reward, embedder))
        let round = try reranking.round(1)
        #expect(round.samples.count == 1000)
        #expect(reranking.decodedCount == 0)
        for prompt in 0..<100 {
          let scores = (0..<10).map { index -> Double in
            let v = vector(SampleAddress(round: 1, prompt: prompt, index: index)).map(Double.init)
            return v[0] - 2 * v[1] + 0.5 * v[2] + 3 * v[3]
          }
          let best = try #require(scores.indices.max { scores[$0] < scores[$1] })
          let selected = round.samples.filter { $0.address.prompt == prompt && $0.after.isSelected }
          #expect(selected.map(\.address.index) == [best])
        }
      }
    }
  }

  @Test(
    "each error says what is wrong and what to do",
    arguments: [
      (
        RerankError.noRound(4, run: "runs/a", sampled: [1, 2]),
        "runs/a has not sampled round 4; it has sampled 1, 2: name one of these, or all"
      ),
      (
        .noSamples(run: "runs/a"),
        "runs/a has not sampled a whole round yet; go on with it by align --resume"
      ),
      (
        .tooMany(samplesPerPrompt: 9, made: 3),
        "the run made 3 samples of each prompt, and 9 are asked for; ask for at most 3"
      ),
      (
        .notScored(round: 2, missing: 5),
        "5 samples of round 2 have no score of the run's own; say what scores them, or go on with "
          + "the run by align --resume"
      ),
      (.interrupted, "stopped as you asked; nothing was changed"),
    ])
  func messages(_ error: RerankError, _ text: String) {
    #expect(error.description == text)
  }
}
