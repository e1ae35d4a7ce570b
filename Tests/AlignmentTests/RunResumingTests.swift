import Alignment
import CLIPReward
import Files
import RAFT
import Recipes
import Reporting
import RunStore
import TestSupport
import Testing

@Suite("Going on with a run")
struct RunResumingTests {
  @Test(
    "a run that is stopped anywhere, again and again, ends as one that was not, to the byte",
    arguments: RunCourse.allCases)
  func interrupted(course: RunCourse) throws {
    try withTemporaryFolder { folder in
      let whole = try course.session("\(folder)/whole/run").finish()
      let expected = try Remains("\(folder)/whole/run")
      // Each start asks after every round that it reads again, of both arms, and for every batch of
      // scores that is not whole; what is left is progress.
      for count in course == .plain ? [12] : [8] {
        let path = "\(folder)/\(count)/run"
        let (summary, starts) = try course.session(path).finish(stoppingAfter: count)
        #expect(starts > 3)
        let differences = try Remains(path).differences(from: expected)
        #expect(differences == [])
        #expect(summary.test == whole.test)
        #expect(summary.rounds.map(\.rewardMean) == whole.rounds.map(\.rewardMean))
        #expect(summary.rounds.map(\.devReward) == whole.rounds.map(\.devReward))
      }
    }
  }

  @Test(
    "a run that breaks down in the middle of a batch, of images or of scores, loses the batch alone"
  )
  func broken() throws {
    try withTemporaryFolder { folder in
      let course = RunCourse.regularised
      try course.session("\(folder)/whole/run").finish()
      let expected = try Remains("\(folder)/whole/run")
      let path = "\(folder)/parts/run"
      var breakdowns = 0
      while true {
        #expect(breakdowns < 50)
        let (images, scores) = (Counter(), Counter())
        var session = try course.session(path)
        session.made = { _ in if images.next() == 7 { throw Breakdown() } }
        session.judge = Judge(
          session.judge.components.map { component in
            guard let reward = component.reward as? ChannelReward else { return component }
            var breaking = reward
            breaking.fault = { _ in
              if scores.next() == 8 { throw Breakdown() }
              return nil
            }
            return .init(name: component.name, reward: breaking)
          }, mixture: session.judge.mixture)
        do {
          try session.finish()
          break
        } catch is Breakdown {
          breakdowns += 1
        }
      }
      #expect(breakdowns > 5)
      let differences = try Remains(path).differences(from: expected)
      #expect(differences == [])
    }
  }

  @Test("a run ends after each stage that it is asked to, and asked again does nothing more")
  func stages() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/parts/run"
      func end(after stage: RunStage) throws -> RunError? {
        var session = Session(path)
        session.recipe.control = false
        session.lastStage = stage
        do {
          try session.finish()
          return nil
        } catch let error as RunError {
          return error
        }
      }
      for stage in [RunStage.sample, .score, .select] {
        #expect(try end(after: stage) == .stageFinished(stage, round: 1))
        let before = try Remains(path)
        #expect(try end(after: stage) == .stageFinished(stage, round: 1))
        #expect(try Remains(path).differences(from: before) == [])
      }
      let ledger = try RunDirectory.read(path).ledger
      #expect(try ledger.round(1).stages == [.sample, .score, .select])
      #expect(try ledger.round(1).tuning == nil)

      var session = Session(path)
      session.recipe.control = false
      try session.finish()
      #expect(try end(after: .sample) == nil)
      session.folder = "\(folder)/whole/run"
      try session.finish()
      #expect(
        try Remains(path).differences(from: Remains("\(folder)/whole/run")) == [])
    }
  }

  @Test("more rounds on a finished run are those of a run that had them from the start")
  func moreRounds() throws {
    try withTemporaryFolder { folder in
      var session = Session("\(folder)/longer/run")
      session.recipe.control = false
      session.recipe.prompts.test = []
      session.recipe.rounds.count = 1
      var made: [SampleFacts] = []
      session.made = { made.append($0) }
      #expect(try session.finish().rounds.map(\.number) == [0, 1])
      let first = made
      session.recipe.rounds.count = 2
      #expect(try session.finish().rounds.map(\.number) == [0, 1, 2])
      #expect(made.dropFirst(first.count).allSatisfy { $0.address.round == 2 })
      #expect(made.count == first.count + 9 + 4)
      session.folder = "\(folder)/whole/run"
      try session.finish()
      #expect(
        try Remains("\(folder)/longer/run").differences(from: Remains(session.folder)) == [])
    }
  }

  /// What ends a run unasked.
  private struct Breakdown: Error {}
}
