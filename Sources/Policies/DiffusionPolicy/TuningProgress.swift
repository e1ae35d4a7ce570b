internal import LoRA
internal import NN
internal import RAFT
internal import Torch

/// How far an adapter is on its way through the rounds: all that its next step depends on besides
/// what it learns from.
struct TuningProgress {
  /// The round, counted from 1; 0 before the first.
  private(set) var round = 0

  /// Steps that are done in the round.
  private(set) var step = 0

  /// The sum of the round's losses, and the last of them.
  private var (lossSum, lastLoss) = (0.0, 0.0)

  /// The adapter's moving average; nil for none.
  var average: AdapterAverage?

  /// What `DenoisingTrainer.state()` gave.
  var trainer: [String: Tensor]

  /// The factors as they are in `trainer`.
  var factors: AdapterWeights

  /// What samples: the average if there is one, else the factors.
  private(set) var sampled: AdapterWeights

  /// The beginning of a training.
  init(_ trainer: DenoisingTrainer, averaging: Double) throws {
    self.trainer = try trainer.state()
    factors = try trainer.adapter.weights()
    sampled = factors
    average =
      averaging > 0 ? try AdapterAverage(trainer.adapter.parameters, decay: averaging) : nil
  }

  /// Enters a round.
  mutating func begin(_ round: Int) {
    (self.round, step) = (round, 0)
    (lossSum, lastLoss) = (0, 0)
  }

  /// Counts a step that was taken.
  mutating func add(_ report: DenoisingTrainer.StepReport, _ adapter: TrainableAdapter) throws {
    try average?.add(adapter.parameters)
    step += 1
    lossSum += report.loss
    lastLoss = report.loss
  }

  /// Takes over what the trainer's steps have made.
  ///
  /// - Throws: `TrainingDivergence` where it is not finite.
  mutating func settle(_ trainer: DenoisingTrainer) throws {
    self.trainer = try trainer.state()
    factors = try trainer.adapter.weights()
    sampled = try average?.weights(of: factors) ?? factors
  }

  /// What the round's training has done so far.
  var report: TuningReport {
    TuningReport(
      steps: step, meanLoss: step > 0 ? lossSum / Double(step) : nil,
      lastLoss: step > 0 ? lastLoss : nil)
  }
}

extension TuningProgress {
  private static let (roundName, lossesName) = ("round", "round_losses")

  /// What a file keeps, by name.
  func state() throws -> [String: Tensor] {
    var state = trainer
    if let average { state.merge(try average.state()) { $1 } }
    state[Self.roundName] = try Tensor([round, step], shape: [2])
    state[Self.lossesName] = try Tensor([lossSum, lastLoss], shape: [2])
    return state
  }

  /// Takes what `state()` gave out of `state`, but for the trainer's share, which stays there.
  ///
  /// - Throws: `TrainingError` where it is not there, or of other shapes.
  mutating func restore(from state: inout [String: Tensor]) throws {
    let (counts, losses) = (
      try state.removeValue(forKey: Self.roundName)?.integers() ?? [],
      try state.removeValue(forKey: Self.lossesName)?.doubles() ?? []
    )
    guard counts.count == 2, losses.count == 2 else {
      throw TrainingError.state(missing: [Self.roundName, Self.lossesName], unused: [])
    }
    try average?.restore(from: &state)
    (round, step) = (counts[0], counts[1])
    (lossSum, lastLoss) = (losses[0], losses[1])
  }
}
