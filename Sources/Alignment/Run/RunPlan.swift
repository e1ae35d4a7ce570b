internal import Diffusion
package import Recipes

/// What a run costs if it does not stop earlier. Scoring, β's divergences and reference images at
/// another size are not in it.
package struct RunPlan: Sendable, Equatable, Codable {
  /// Samples to learn from, the control arm's included.
  package let trainingSamples: Int

  /// Images that decide and report, the control arm's included.
  package let evaluationImages: Int

  /// Evaluations of the network while sampling, both halves of the guidance counted.
  package let samplingEvaluations: Int

  /// The same while tuning, a gradient counted as two.
  package let tuningEvaluations: Int

  /// What the run leaves on disk, in bytes.
  package let diskBytes: Int

  /// Seconds an evaluation of the network; nil until it is measured.
  package var secondsPerEvaluation: Double?

  /// Seconds an image for decoding.
  package var secondsPerDecoding: Double?

  /// Bytes that the process holds at its peak, as far as it has come.
  package var peakMemoryBytes: Int?

  /// The whole run's time in seconds; nil until it is measured. Scoring is not in it.
  package var seconds: Double? {
    guard let secondsPerEvaluation, let secondsPerDecoding else { return nil }
    return Double(samplingEvaluations + tuningEvaluations) * secondsPerEvaluation
      + Double(trainingSamples + evaluationImages) * secondsPerDecoding
  }

  /// The costs of `recipe`.
  ///
  /// - Parameters:
  ///   - collecting: evaluations that one sample to learn from takes, guidance not counted.
  ///   - evaluating: the same for an image that decides or reports.
  ///   - adapterBytes: the size of one adapter's factors in `F32`.
  package init(_ recipe: Recipe, collecting: Int, evaluating: Int, adapterBytes: Int) {
    func rows(_ guidance: Double) -> Int { guidance > 1 ? 2 : 1 }
    let (rounds, tuning) = (recipe.rounds, recipe.tuning)
    let perRound =
      min(rounds.prompts ?? recipe.prompts.train.count, recipe.prompts.train.count)
      * rounds.samplesPerPrompt
    // The first round of the control arm shares the samples of the run's own.
    let samplingRounds = recipe.control ? 2 * rounds.count - 1 : rounds.count
    let arms = recipe.control ? 2 : 1
    trainingSamples = max(samplingRounds, 0) * perRound
    let every = max(recipe.evaluating.every, 1)
    // The last round is always looked at, and the arms share the base's images.
    let looks = (rounds.count + every - 1) / every * arms + 1
    let dev = looks * recipe.prompts.dev.count * recipe.evaluating.devImages
    let test = (arms + 1) * recipe.prompts.test.count * recipe.evaluating.testImages
    evaluationImages = dev + test
    samplingEvaluations =
      (rounds.samplesFrom == nil ? trainingSamples : 0) * collecting
      * rows(recipe.collecting.guidance)
      + evaluationImages * evaluating * rows(recipe.evaluating.sampling.guidance)
    let passes = tuning.guidanceAware ? 2 : 1
    tuningEvaluations =
      3 * arms * rounds.count * tuning.steps * tuning.batch * tuning.accumulation * passes
    let latents = 4 * (recipe.width / 8) * (recipe.height / 8) * 4
    // PNG takes about two bytes a pixel of a photograph.
    let image = 2 * recipe.width * recipe.height + latents
    diskBytes =
      (trainingSamples + evaluationImages) * image + arms * rounds.count * 5 * adapterBytes
  }
}
