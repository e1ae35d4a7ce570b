import Alignment
import Recipes
import Testing

@Suite("The plan of a run")
struct RunPlanTests {
  private func plan(_ change: (inout Recipe) -> Void = { _ in }) -> RunPlan {
    RunPlan(Session.recipe(change), collecting: 2, evaluating: 5, adapterBytes: 1000)
  }

  @Test("what a run makes is counted: samples, images, evaluations of the network, bytes")
  func counts() {
    let plan = plan()
    // Three prompts, three samples: two rounds of the run, one of the control arm.
    #expect(plan.trainingSamples == 27)
    // 2 × 2 dev images of the base and after two rounds of either arm, 2 × 2 of three tests.
    #expect(plan.evaluationImages == 20 + 12)
    #expect(plan.samplingEvaluations == 27 * 2 * 2 + 32 * 5 * 2)
    // Two arms, two rounds, three steps of two examples, each forward and twice back.
    #expect(plan.tuningEvaluations == 3 * 2 * 2 * 3 * 2)
    // Two bytes a pixel and the latents of an image; five times an adapter.
    #expect(plan.diskBytes == (27 + 32) * (2 * 64 * 64 + 4 * 8 * 8 * 4) + 2 * 2 * 5 * 1000)
  }

  @Test("without control arm, guidance or all prompts it is less, with a guided loss twice as much")
  func variants() {
    let alone = plan { $0.control = false }
    #expect(alone.trainingSamples == 18 && alone.evaluationImages == 12 + 8)
    #expect(alone.tuningEvaluations == 36)
    let plain = plan {
      $0.control = false
      $0.collecting.guidance = 1
    }
    #expect(plain.samplingEvaluations == 18 * 2 + 20 * 5 * 2)
    #expect(plan { $0.rounds.prompts = 2 }.trainingSamples == 3 * 2 * 3)
    #expect(plan { $0.tuning.guidanceAware = true }.tuningEvaluations == 2 * 72)
    #expect(
      plan {
        $0.tuning.accumulation = 3
        $0.rounds.count = 1
      }.tuningEvaluations == 3 * 2 * 1 * 3 * 2 * 3)
  }

  @Test(
    "dev is looked at every so often, and after the last round",
    arguments: [(1, 5), (2, 3), (3, 2), (9, 1)])
  func looks(every: Int, expected: Int) {
    let plan = plan {
      $0.control = false
      $0.rounds.count = 5
      $0.evaluating.every = every
      $0.prompts.test = []
    }
    #expect(plan.evaluationImages == (expected + 1) * 4)
  }

  @Test("the time is known once an evaluation and a decoding are measured")
  func time() {
    var plan = plan()
    #expect(plan.seconds == nil)
    plan.secondsPerEvaluation = 0.5
    plan.secondsPerDecoding = 2
    #expect(plan.seconds == Double(plan.samplingEvaluations + 72) * 0.5 + Double(27 + 32) * 2)
  }
}
