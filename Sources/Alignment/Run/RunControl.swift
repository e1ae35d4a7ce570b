package import RunStore

/// What a run hears and tells: it never prints, and stops only where nothing is lost.
package struct RunControl {
  /// Whether the user has asked to stop.
  let shouldStop: () -> Bool

  /// Gets what the run tells.
  let tell: (RunEvent) -> Void

  /// The stage after which the run ends; nil for all of them.
  let lastStage: RunStage?

  /// - Parameters:
  ///   - lastStage: the stage of the first unfinished round after which the run ends.
  ///   - shouldStop: asked between batches and steps.
  ///   - tell: gets what happens.
  package init(
    lastStage: RunStage? = nil, shouldStop: @escaping () -> Bool,
    tell: @escaping (RunEvent) -> Void
  ) {
    self.lastStage = lastStage
    self.shouldStop = shouldStop
    self.tell = tell
  }

  /// The same for the control arm, whose rounds are told as such.
  var forControlArm: RunControl {
    RunControl(shouldStop: shouldStop) { [tell] event in
      if case .round(let round) = event { tell(.controlRound(round)) } else { tell(event) }
    }
  }

  /// - Throws: `RunError.interrupted` where the user has asked to stop.
  func check(_ what: @autoclosure () -> String) throws {
    if shouldStop() { throw RunError.interrupted(what()) }
  }
}
