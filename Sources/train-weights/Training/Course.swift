internal import Files
package import NN
package import Torch

/// The training of one network, from its first step to its last, over as many processes as it
/// takes.
///
/// AdamW under a learning rate that warms up and falls as a cosine; gradients are clipped together,
/// and a moving average of the parameters is what remains in the end. Everything that the next step
/// depends on is saved every minute, so that a course that is stopped, however roughly, goes on
/// where it was last saved and ends in the same bytes.
package final class Course {
  /// What messages and files call the course.
  package let name: String

  private let settings: CourseSettings
  private let seed: UInt64
  private let schedule: LearningRateSchedule
  private let optimizer: AdamW
  private let averages: [Tensor]
  private let state: CourseState
  private let log: CourseLog

  /// A course in `folder`, which goes on from what was saved there.
  ///
  /// - Parameters:
  ///   - name: gives `<name>.safetensors` and `<name>.jsonl` their names, and the draws their
  ///     address.
  ///   - settings: the course's own numbers.
  ///   - recipe: all settings that the result follows from, the course's among them.
  ///   - parameters: what is trained; they get the values that were saved.
  ///   - folder: an existing folder.
  /// - Throws: `CourseError` where what was saved is of other settings or not whole.
  package init(
    _ name: String, _ settings: CourseSettings, recipe: some Encodable, seed: UInt64,
    parameters: [TrainableParameter], in folder: String
  ) throws {
    var options = AdamW.Options()
    options.squareDecay = settings.squareDecay
    options.weightDecay = settings.weightDecay
    schedule = try LearningRateSchedule(.cosine, warmup: settings.warmup, total: settings.steps)
    optimizer = try AdamW(parameters, options)
    averages = try parameters.map { try $0.tensor.detached().clone() }
    (self.name, self.settings, self.seed) = (name, settings, seed)
    let files = CourseFiles(name, in: folder)
    state = CourseState(
      files, passport: try CoursePassport(recipe, seed: seed),
      optimizer: optimizer, averages: averages)
    try state.restore()
    log = try CourseLog(files, upTo: optimizer.stepCount)
  }

  /// Whether all steps have been taken.
  package var isFinished: Bool { optimizer.stepCount >= settings.steps }

  /// Takes the steps that are left. Afterwards the parameters are their moving averages.
  ///
  /// - Parameters:
  ///   - interval: after how many seconds everything is saved.
  ///   - loss: the loss of step `step`, counted from 0, a scalar; all its randomness comes from
  ///     `draws`.
  /// - Returns: the last step; nil for a course of none.
  /// - Throws: `CourseError.diverged`, or whatever `loss` throws.
  @discardableResult
  package func run(
    savingEvery interval: Double = 60,
    _ loss: (_ step: Int, _ draws: inout StepDraws) throws -> Tensor
  ) throws -> CourseLog.Line? {
    var progress = CourseProgress(name, settings, from: optimizer.stepCount)
    var saved = ContinuousClock.now
    while !isFinished {
      progress.update(try take(optimizer.stepCount, loss))
      if (ContinuousClock.now - saved).seconds >= interval || isFinished {
        // The log first: lines without a state are cut off again, a state without lines is not.
        try log.flush()
        try state.save()
        saved = .now
      }
    }
    try withoutGradients {
      for (parameter, average) in zip(optimizer.parameters, averages) {
        try parameter.tensor.assign(average)
      }
    }
    return log.last
  }

  /// Takes step `step`, counted from 0.
  private func take(
    _ step: Int, _ loss: (_ step: Int, _ draws: inout StepDraws) throws -> Tensor
  ) throws -> CourseLog.Line {
    let start = ContinuousClock.now
    var draws = try StepDraws(seed: seed, name, step: step)
    let value = try loss(step, &draws)
    let number = try value.item()
    guard number.isFinite else { throw CourseError.diverged(course: name, step: step + 1) }
    let found = try gradients(of: value, withRespectTo: optimizer.parameters.map(\.tensor))
    let clipped = try GradientClipping(
      found, of: optimizer.parameters, to: settings.gradientLimit)
    let rate = settings.learningRate * schedule.multiplier(at: step)
    try optimizer.step(clipped.gradients, learningRate: rate)
    try average(after: step + 1)
    return try log.add(
      step: step + 1, loss: number, learningRate: rate,
      seconds: (ContinuousClock.now - start).seconds)
  }

  /// Moves the averages: `a ← a + (1 − d)·(p − a)`, `d = min(decay, (1 + n)/(10 + n))`.
  private func average(after steps: Int) throws {
    let decay = min(settings.averageDecay, Double(1 + steps) / Double(10 + steps))
    try withoutGradients {
      for (parameter, average) in zip(optimizer.parameters, averages) {
        try average.assign(average + (1 - decay) * (parameter.tensor - average))
      }
    }
  }
}
