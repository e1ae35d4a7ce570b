internal import Policies

/// What `tune --json` prints after each step.
struct TuneStep: Encodable {
  /// Counted from 1.
  let step: Int
  let loss: Double
  let learningRate: Double
  let gradientNorm: Double

  init(_ report: DenoisingTrainer.StepReport) {
    step = report.step + 1
    loss = report.loss
    learningRate = report.learningRate
    gradientNorm = report.gradientNorm
  }

  enum CodingKeys: String, CodingKey {
    case step, loss
    case learningRate = "lr"
    case gradientNorm = "gradient_norm"
  }
}

/// What `tune --json` prints at the end.
struct TuneResult: Encodable {
  let adapter: String
  /// Steps that are done, those before a --resume included.
  let steps: Int
  let requestedSteps: Int
  let layers: Int
  let parameters: Int
  let examples: Int
  let batch: Int
  /// The loss of the last step's batch, before that step.
  let finalLoss: Double?
  let precision: String
  let device: String
  let threads: Int
  let checkpointing: Bool
  let secondsPerStep: Double
  let totalSeconds: Double
  let peakMemoryBytes: Int?

  enum CodingKeys: String, CodingKey {
    case adapter, steps, layers, parameters, examples, batch, precision, device, threads,
      checkpointing
    case requestedSteps = "requested_steps"
    case finalLoss = "final_loss"
    case secondsPerStep = "seconds_per_step"
    case totalSeconds = "total_seconds"
    case peakMemoryBytes = "peak_memory_bytes"
  }
}
