internal import Files
internal import Foundation
package import RunStore

/// How long a run's stages have taken, over all times that it was started (but for what a killed one had not written yet): times of their own file,
/// since the ledger is the same however often a run was stopped.
package struct StageClock {
  private static let fileName = "timings.json"

  private let path: String

  /// When the run was started first, seconds since 1970.
  package private(set) var started: Double = Date.now.timeIntervalSince1970

  /// Seconds by round and stage.
  private var seconds: [Int: [RunStage: Double]] = [:]
  private var current: (round: Int, stage: RunStage, since: ContinuousClock.Instant)?

  /// - Throws: `FileError` or `RunError.damagedTimes` where the file of an earlier start cannot be
  ///   read.
  package init(_ directory: RunDirectory) throws {
    path = directory.paths.path(Self.fileName)
    guard FileManager.default.fileExists(atPath: path) else { return }
    let bytes = try WholeFile.bytes(of: path, limit: 1 << 20)
    let stored: Stored
    do {
      stored = try JSONDecoder().decode(Stored.self, from: Data(bytes))
    } catch {
      throw RunError.damagedTimes(path)
    }
    started = stored.started
    for (round, stages) in stored.seconds {
      guard let round = Int(round) else { continue }
      for (stage, value) in stages {
        if let stage = RunStage(rawValue: stage) { seconds[round, default: [:]][stage] = value }
      }
    }
  }

  /// The file.
  private struct Stored: Codable {
    var started: Double
    var seconds: [String: [String: Double]] = [:]
  }

  /// All seconds.
  package var total: Double { seconds.values.reduce(0) { $0 + $1.values.reduce(0, +) } }

  /// The seconds of a round.
  package func seconds(ofRound round: Int) -> Double { seconds[round]?.values.reduce(0, +) ?? 0 }

  /// The seconds of a round by stage, in the stages' order.
  package func times(ofRound round: Int) -> [(stage: RunStage, seconds: Double)] {
    RunStage.allCases.compactMap { stage in seconds[round]?[stage].map { (stage, $0) } }
  }

  /// A stage begins.
  package mutating func start(_ stage: RunStage, round: Int) {
    current = (round, stage, ContinuousClock.now)
  }

  /// A stage is done, and another of the same round may begin.
  ///
  /// - Parameter isNew: false where it was done before and was only read again.
  package mutating func finish(_ stage: RunStage, round: Int, next: RunStage?, isNew: Bool) throws {
    if isNew, current?.round == round, current?.stage == stage { try pause() }
    current = next.map { (round, $0, ContinuousClock.now) }
  }

  /// The stage that runs is broken off, and what it has taken counts.
  package mutating func pause() throws {
    guard let (round, stage, since) = current else { return }
    seconds[round, default: [:]][stage, default: 0] += (ContinuousClock.now - since).seconds
    current = nil
    try write()
  }

  private func write() throws {
    var stored = Stored(started: started)
    for (round, stages) in seconds {
      for (stage, value) in stages {
        stored.seconds[String(round), default: [:]][stage.rawValue] =
          (value * 1000).rounded() / 1000
      }
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    try AtomicFile.write(Array(try encoder.encode(stored)), to: path)
  }
}
