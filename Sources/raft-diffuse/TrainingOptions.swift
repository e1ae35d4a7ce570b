public import ArgumentParser
public import NN
internal import Policies

/// The optimisers that the command offers.
enum OptimizerKind: String, CaseIterable, ExpressibleByArgument {
  case adamw
  case sgd
}

extension LearningRateSchedule.Shape: ExpressibleByArgument {}

/// How the adapter is trained.
struct TrainingOptions: ParsableArguments {
  @Option(help: "What changes the adapter.")
  var optimizer: OptimizerKind = .adamw

  @Option(name: .customLong("lr"), help: ArgumentHelp("Learning rate.", valueName: "x"))
  var learningRate = 1e-4

  @Option(
    help: ArgumentHelp(
      "Weight decay; 0.01 by default for adamw, 0 for sgd.", valueName: "x"))
  var weightDecay: Double?

  @Option(help: ArgumentHelp("sgd's momentum.", valueName: "x"))
  var momentum = 0.0

  @Option(help: ArgumentHelp("adamw's β₁.", valueName: "x"))
  var beta1 = 0.9

  @Option(help: ArgumentHelp("adamw's β₂.", valueName: "x"))
  var beta2 = 0.999

  @Option(help: ArgumentHelp("adamw's ε.", valueName: "x"))
  var epsilon = 1e-8

  @Option(
    help: ArgumentHelp(
      "Clip all gradients together to this norm; 0 for never.", valueName: "x"))
  var clip = 1.0

  @Option(help: "How the learning rate goes on after the warm-up.")
  var schedule: LearningRateSchedule.Shape = .constant

  @Option(help: ArgumentHelp("Steps in which the learning rate rises from 0.", valueName: "n"))
  var warmup = 0

  @Option(
    help: ArgumentHelp(
      "Steps in all; by default as many as --given has, else 100.", valueName: "n"))
  var steps: Int?

  @Option(help: ArgumentHelp("Examples a step; by default as --given has, else 1.", valueName: "n"))
  var batch: Int?

  @Option(
    help: ArgumentHelp(
      "Where the adapter, the order, the noise, the timesteps and dropout come from.",
      valueName: "n"))
  var seed: UInt64 = 0

  @Flag(
    help: "Run the network's blocks again for their gradients: less memory for a third more time.")
  var checkpointing = false

  func validate() throws {
    for (name, value) in [("--steps", steps), ("--batch", batch)] {
      if let value, value < 1 { throw ValidationError("\(name) must be at least 1.") }
    }
    guard clip >= 0, clip.isFinite else { throw ValidationError("--clip may not be negative.") }
    guard warmup >= 0 else { throw ValidationError("--warmup may not be negative.") }
    do {
      _ = try optimizerSettings.optimizer(over: [])
      _ = try learningRates(steps: 1)
    } catch {
      throw ValidationError("\(error).")
    }
  }

  /// The optimiser that was asked for.
  var optimizerSettings: OptimizerSettings {
    switch optimizer {
    case .adamw:
      var options = AdamW.Options()
      (options.meanDecay, options.squareDecay) = (beta1, beta2)
      options.epsilon = epsilon
      options.weightDecay = weightDecay ?? options.weightDecay
      return .adamW(options)
    case .sgd:
      var options = SGD.Options()
      options.momentum = momentum
      options.weightDecay = weightDecay ?? 0
      return .sgd(options)
    }
  }

  /// The learning rates of a training of `steps` steps.
  func learningRates(steps: Int) throws -> DenoisingTrainer.LearningRates {
    try .init(learningRate, LearningRateSchedule(schedule, warmup: warmup, total: steps))
  }
}
