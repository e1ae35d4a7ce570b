import Alignment
import Files
import RunStore
import TestSupport
import Testing

@Suite("The clock of a run")
struct StageClockTests {
  private func withRun(_ body: (RunDirectory) throws -> Void) throws {
    try withTemporaryFolder { folder in try body(.create(at: "\(folder)/run")) }
  }

  @Test("stages add up over all starts, and what is only read again takes no time")
  func sums() throws {
    try withRun { run in
      var clock = try StageClock(run)
      #expect(clock.total == 0 && clock.times(ofRound: 1).isEmpty)
      clock.start(.sample, round: 1)
      try clock.finish(.sample, round: 1, next: .score, isNew: true)
      try clock.finish(.score, round: 1, next: .select, isNew: false)
      try clock.finish(.select, round: 1, next: nil, isNew: true)
      // Nothing has begun, so nothing ends.
      try clock.finish(.tune, round: 1, next: nil, isNew: true)
      #expect(clock.times(ofRound: 1).map(\.stage) == [.sample, .select])
      #expect(clock.times(ofRound: 2).isEmpty)

      let again = try StageClock(run)
      #expect(again.started == clock.started)
      #expect(again.times(ofRound: 1).map(\.stage) == [.sample, .select])
      #expect(abs(again.total - clock.total) <= 0.001)
      #expect(again.seconds(ofRound: 1) == again.total && again.seconds(ofRound: 2) == 0)
    }
  }

  @Test("times of an earlier start are read back")
  func stored() throws {
    try withRun { run in
      let text = #"{"seconds":{"0":{"evaluate":2},"1":{"sample":1.5,"tune":4}},"started":1000}"#
      try AtomicFile.write(Array(text.utf8), to: run.paths.path("timings.json"))
      let clock = try StageClock(run)
      #expect(clock.started == 1000 && clock.total == 7.5)
      #expect(clock.seconds(ofRound: 1) == 5.5)
      #expect(clock.times(ofRound: 1).map(\.seconds) == [1.5, 4])
    }
  }

  @Test("times that cannot be read are told with their file")
  func damaged() throws {
    try withRun { run in
      let path = run.paths.path("timings.json")
      try AtomicFile.write(Array("{\"seconds\"".utf8), to: path)
      #expect(
        message { try StageClock(run) }
          == "\(path) is damaged; remove it: the run goes on without the times so far")
    }
  }
}
