internal import Foundation
internal import LoRA
internal import NN
internal import Policies
internal import Torch

/// The steps of a training, which are saved as they go.
///
/// A training that fails is saved as far as it came, unless it diverged: then the next step would
/// fail again, and what was saved before is worth more.
struct TuneLoop {
  private let trainer: DenoisingTrainer
  private let course: TrainingCourse
  private let steps: Int
  private let state: TuneState
  private let output: TuneOutput
  private let gradientsFile: String?
  private var savedCount: Int

  /// The last step that was made in this call.
  private(set) var last: DenoisingTrainer.StepReport?

  /// - Parameters:
  ///   - steps: the steps of the whole training.
  ///   - gradientsFile: where the gradients of the first step go.
  init(
    _ trainer: DenoisingTrainer, _ course: TrainingCourse, steps: Int, _ state: TuneState,
    _ output: TuneOutput, gradientsFile: String?
  ) {
    self.trainer = trainer
    self.course = course
    self.steps = steps
    self.state = state
    self.output = output
    self.gradientsFile = gradientsFile
    savedCount = trainer.optimizer.stepCount
  }

  /// Steps that are done, those of earlier calls included.
  var doneCount: Int { trainer.optimizer.stepCount }

  /// Trains until all steps are done or the user asks to stop, and saves the adapter.
  mutating func run() throws {
    let progress = ProgressLine(total: steps, unit: "step", isQuiet: output.quiet)
    defer { progress.finish() }
    do {
      while doneCount < steps, !Interruption.isRequested {
        let report = try step()
        if output.json { try Console.json(TuneStep(report)) }
        progress.update(
          doneCount,
          "loss \(Self.short(report.loss)), gradient \(Self.short(report.gradientNorm))")
        if doneCount % output.saveEvery == 0, doneCount < steps { try save() }
      }
    } catch let error as TrainingDivergence {
      throw error
    } catch {
      progress.finish()
      rescue()
      throw error
    }
    progress.finish()
    try save()
  }

  private mutating func step() throws -> DenoisingTrainer.StepReport {
    let found = try trainer.gradients(of: course.batches(doneCount))
    if last == nil { try writeGradients(found.gradients) }
    let report = try trainer.step(with: found)
    last = report
    return report
  }

  private mutating func save() throws {
    try state.write(trainer)
    savedCount = doneCount
  }

  /// Saves what can be saved where the training fails: why it fails is what the user must hear.
  private mutating func rescue() {
    guard trainer.isBetweenSteps, doneCount > savedCount else { return }
    do {
      try save()
      guard !output.quiet else { return }
      Console.note("saved after step \(doneCount); --resume goes on from there")
    } catch {
      Console.warning("the steps after step \(savedCount) could not be saved: \(error)")
    }
  }

  private func writeGradients(_ gradients: [Tensor]) throws {
    guard let gradientsFile else { return }
    let items = zip(trainer.adapter.parameters, gradients).map {
      SafetensorsWriter.Item(name: $0.name, tensor: $1)
    }
    try SafetensorsWriter.write(items, to: gradientsFile)
  }

  private static func short(_ value: Double) -> String { String(format: "%.4g", value) }
}
