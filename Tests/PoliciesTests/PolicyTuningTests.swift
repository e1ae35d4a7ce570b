import Diffusion
import LoRA
import NN
import Policies
import RAFT
import TestSupport
import Testing
import Torch

@Suite("Fine-tuning a diffusion policy")
struct PolicyTuningTests {
  /// Everything that a training can have to remember.
  enum Course: String, CaseIterable, Sendable {
    case plain
    case adamW
    case momentum
    case fromBase
    case images

    var settings: DiffusionPolicy.Settings {
      PolicyFixture.settings { settings in
        guard self != .plain else { return }
        settings.tuning.averaging = 0.9
        settings.tuning.accumulation = 2
        settings.tuning.batch = 1
        settings.tuning.promptDropout = 0.3
        settings.tuning.schedule = .cosine
        settings.tuning.warmup = 1
        settings.tuning.isGuidanceAware = self != .images
        settings.tuning.preservation = self == .momentum ? 0.3 : 0
        settings.tuning.beginsFromBase = self == .fromBase
        settings.tuning.source = self == .images ? .images : .latents
        guard self == .momentum else { return }
        var options = SGD.Options()
        options.momentum = 0.9
        settings.tuning.optimizer = .sgd(options)
      }
    }

    func policy() throws -> DiffusionPolicy {
      var plan = PolicyFixture.plan
      plan.dropout = self == .plain ? 0 : 0.2
      let policy = try PolicyFixture.policy(settings, plan: plan)
      policy.preserved = try PolicyFixture.examples(2, policy, seed: 8)
      return policy
    }
  }

  @Test(
    "a round that was stopped after any step goes on bit for bit, in another process or this one",
    arguments: Course.allCases)
  func resuming(course: Course) throws {
    try onOneThread {
      let whole = try course.policy()
      let examples = try PolicyFixture.examples(3, whole)
      var states: [(round: Int, state: [String: Tensor])] = []
      var reports: [TuningReport] = []
      whole.onStep = { step, policy in
        #expect(policy.position == (step.round, step.step) && step.steps == 4)
        states.append((step.round, try policy.state()))
      }
      for round in 1...2 { reports.append(try whole.fineTune(on: examples, round: round)) }
      let end = try whole.state()
      #expect(states.count == 8)
      #expect(try PolicyFixture.areEqual(states[7].state, end))
      for place in [1, 3, 4] {
        let (round, state) = states[place]
        let resumed = try course.policy()
        try resumed.restore(state)
        for next in round...2 {
          #expect(try resumed.fineTune(on: examples, round: next) == reports[next - 1])
        }
        #expect(try PolicyFixture.areEqual(resumed.state(), end))
        #expect(
          try PolicyFixture.factors(resumed.adapter).isEqual(
            to: PolicyFixture.factors(whole.adapter)))
      }
      let stopped = try course.policy()
      stopped.onStep = { step, _ in if (step.round, step.step) == (2, 3) { throw Stop() } }
      _ = try stopped.fineTune(on: examples, round: 1)
      #expect(throws: Stop.self) { try stopped.fineTune(on: examples, round: 2) }
      #expect(stopped.position == (2, 3))
      // Sampling in between changes nothing.
      _ = try stopped.candidates(for: PolicyFixture.requests(1))
      stopped.onStep = nil
      #expect(try stopped.fineTune(on: examples, round: 2) == reports[1])
      #expect(try PolicyFixture.areEqual(stopped.state(), end))
    }
  }

  @Test("small batches that count together learn what a large one does", arguments: [false, true])
  func accumulation(isGuidanceAware: Bool) throws {
    try onOneThread {
      var found: [Tensor] = []
      for (batch, accumulation) in [(4, 1), (2, 2), (1, 4)] {
        let policy = try PolicyFixture.policy(
          PolicyFixture.settings {
            $0.tuning.batch = batch
            $0.tuning.accumulation = accumulation
            $0.tuning.isGuidanceAware = isGuidanceAware
            $0.tuning.promptDropout = 0.3
            // Sums of another order in Adam's quotients would be blown up.
            $0.tuning.optimizer = .sgd(.init())
          })
        _ = try policy.fineTune(on: PolicyFixture.examples(5, policy), round: 1)
        found.append(try PolicyFixture.factors(policy.adapter))
      }
      for other in found.dropFirst() { #expect(try relativeError(other, found[0]) < 1e-5) }
    }
  }

  @Test("a round from the base depends on its own examples alone")
  func fromBase() throws {
    try onOneThread {
      let settings = PolicyFixture.settings { $0.tuning.beginsFromBase = true }
      let (first, second) = try (PolicyFixture.policy(settings), PolicyFixture.policy(settings))
      _ = try first.fineTune(on: PolicyFixture.examples(3, first), round: 1)
      let middle = try PolicyFixture.factors(first.adapter)
      _ = try first.fineTune(on: PolicyFixture.examples(3, first, seed: 2), round: 2)
      _ = try second.fineTune(on: PolicyFixture.examples(3, second, seed: 2), round: 2)
      #expect(try PolicyFixture.areEqual(first.state(), second.state()))
      #expect(try !middle.isEqual(to: PolicyFixture.factors(first.adapter)))
      let onward = try PolicyFixture.policy()
      _ = try onward.fineTune(on: PolicyFixture.examples(3, onward), round: 1)
      _ = try onward.fineTune(on: PolicyFixture.examples(3, onward, seed: 2), round: 2)
      #expect(
        try !PolicyFixture.factors(onward.adapter).isEqual(
          to: PolicyFixture.factors(first.adapter)))
    }
  }

  @Test("what learning on guided predictions changes is what guidance changes")
  func guidance() throws {
    try onOneThread {
      func end(_ guidance: Double, isAware: Bool, dropout: Double = 0) throws -> Tensor {
        let policy = try PolicyFixture.policy(
          PolicyFixture.settings {
            $0.collecting.guidance = guidance
            $0.tuning.isGuidanceAware = isAware
            $0.tuning.promptDropout = dropout
          })
        _ = try policy.fineTune(on: PolicyFixture.examples(3, policy), round: 1)
        return try PolicyFixture.factors(policy.adapter)
      }
      let plain = try end(3, isAware: false)
      #expect(try end(1, isAware: true).isEqual(to: plain))
      #expect(try !end(3, isAware: true).isEqual(to: plain))
      // Without its prompt an example is learned by the unconditional prediction, guided or not.
      let (dropped, guided) = try (
        end(3, isAware: false, dropout: 1), end(3, isAware: true, dropout: 1)
      )
      #expect(try relativeError(guided, dropped) < 0.02)
      #expect(try relativeError(plain, dropped) > 0.02)
    }
  }

  @Test("the average follows the factors as diffusers' EMAModel does, and is what samples")
  func averaging() throws {
    try onOneThread {
      let policy = try PolicyFixture.policy(
        PolicyFixture.settings { $0.tuning.averaging = 0.15 })
      var expected: Tensor?
      policy.onStep = { step, policy in
        let state = try policy.state()
        let names = state.keys.filter { $0.hasPrefix("parameter.") }.sorted()
        let now = try Tensor.concatenated(names.compactMap { try state[$0]?.reshaped([-1]) })
        // 0, 2/11 cut to the decay, and so on.
        let kept = step.step == 1 ? 0 : 0.15
        expected = try expected.map { try kept * $0 + (1 - kept) * now } ?? now
      }
      _ = try policy.fineTune(on: PolicyFixture.examples(3, policy), round: 1)
      let state = try policy.state()
      let names = state.keys.filter { $0.hasPrefix("average.") }.sorted()
      let average = try Tensor.concatenated(names.compactMap { try state[$0]?.reshaped([-1]) })
      #expect(try relativeError(average, #require(expected)) < 1e-6)
      #expect(try average.isEqual(to: PolicyFixture.factors(policy.adapter)))
    }
  }

  @Test("a loss that is no number is told, and the training stays where it was")
  func divergence() throws {
    try onOneThread {
      let policy = try PolicyFixture.policy()
      let good = try PolicyFixture.examples(2, policy)
      let before = try policy.state()
      let broken = try good.map {
        Candidate($0.request, policy.sample(try .full([4, 8, 8], .infinity)))
      }
      let error = #expect(throws: TrainingDivergence.self) {
        try policy.fineTune(on: broken, round: 1)
      }
      #expect(error?.step == 0)
      let after = try policy.state()
      for (name, tensor) in before where name != "round" {
        #expect(try tensor.isEqual(to: #require(after[name])))
      }
      #expect(try policy.fineTune(on: good, round: 1).steps == 4)
    }
  }

  @Test("rounds come one after the other, with examples that have samples")
  func refusals() throws {
    try onOneThread {
      let policy = try PolicyFixture.policy()
      let examples = try PolicyFixture.examples(2, policy)
      #expect(
        message { try policy.fineTune(on: [], round: 1) }
          == "round 1 has no examples to learn from; loosen the selection, or sample more")
      policy.onStep = { step, _ in if step.step == 2 { throw Stop() } }
      #expect(throws: Stop.self) { try policy.fineTune(on: examples, round: 3) }
      #expect(
        message { try policy.fineTune(on: examples, round: 4) }
          == "round 4 cannot be learned now: the training is at step 2 of 4 of round 3; "
          + "finish that round first")
      policy.onStep = nil
      let report = try policy.fineTune(on: examples, round: 3)
      #expect(try policy.fineTune(on: examples, round: 3) == report)
      #expect(
        message { try policy.fineTune(on: examples, round: 2) }
          == "round 2 cannot be learned again: the training has finished round 3; "
          + "go on with a later one, or from an earlier checkpoint")
      let request = PolicyFixture.requests(1)[0]
      #expect(
        message { try policy.fineTune(on: [Candidate(request, failure: "all black")], round: 4) }
          == "sample train/001/000-00 cannot be learned from or compared, because there is none: "
          + "all black")
      let wide = Candidate(request, policy.sample(try .zeros([4, 8, 16])))
      #expect(
        message { try policy.divergences(of: [wide]) }
          == "the latents of sample train/001/000-00 have the shape [4, 8, 16], but this run needs "
          + "[4, 8, 8]; they are of another size or model")
    }
  }

  @Test("a state of another training is refused, and nothing has changed then")
  func otherState() throws {
    try onOneThread {
      let policy = try PolicyFixture.policy()
      _ = try policy.fineTune(on: PolicyFixture.examples(2, policy), round: 1)
      let state = try policy.state()
      var other = state
      other["round"] = nil
      #expect(throws: TrainingError.self) { try policy.restore(other) }
      other = state
      other["round"] = try Tensor([1, 5], shape: [2])
      #expect(
        message { try policy.restore(other) }
          == "the training's state is at step 5 of its round, but a round has 4 steps; "
          + "it is of another training")
      let averaged = try PolicyFixture.policy(
        PolicyFixture.settings { $0.tuning.averaging = 0.9 })
      #expect(throws: TrainingError.self) { try averaged.restore(state) }
      #expect(throws: TrainingError.self) { try policy.restore(averaged.state()) }
      #expect(try PolicyFixture.areEqual(policy.state(), state))
    }
  }
}
