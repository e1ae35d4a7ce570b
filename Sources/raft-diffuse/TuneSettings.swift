internal import Files
internal import LoRA

/// How a training was asked for: what must be the same when it goes on. What does not change its
/// numbers beyond rounding, such as `--checkpointing` and `--threads`, is not part of it.
struct TuneSettings: Encodable, Equatable {
  /// What the model is called, for people; it may be moved and renamed.
  let model: String
  let modelDigest: String
  /// Of latents, or of images as they are scaled and cropped, and of the prompts and their tokens.
  let examplesDigest: String
  /// Of `--given`.
  let givenDigest: String?
  /// Of the layers' names, ranks and scales.
  let adapterDigest: String
  let layers: Int
  let parameters: Int
  let dropout: Double
  let optimizer: String
  let learningRate: Double
  let weightDecay: Double?
  let momentum: Double
  let beta1: Double
  let beta2: Double
  let epsilon: Double
  let clip: Double
  let schedule: String
  /// The steps in all, where the schedule depends on them.
  let scheduledSteps: Int?
  let warmup: Int
  let batch: Int
  let seed: UInt64
  let examples: Int
  let precision: String

  enum CodingKeys: String, CodingKey, CaseIterable {
    case model
    case modelDigest = "model_sha256"
    case layers, parameters
    case adapterDigest = "adapter_sha256"
    case dropout, optimizer
    case learningRate = "learning_rate"
    case weightDecay = "weight_decay"
    case momentum, beta1, beta2, epsilon, clip, schedule
    case scheduledSteps = "scheduled_steps"
    case warmup, batch, seed, examples
    case examplesDigest = "examples_sha256"
    case givenDigest = "given_sha256"
    case precision
  }

  /// What is another in `now` than in `stored`, both as JSON, a few words each; empty where the
  /// training can go on.
  static func differences(_ stored: JSONValue, _ now: JSONValue) -> [String] {
    let changed = CodingKeys.allCases.filter {
      $0 != .model && stored[$0.rawValue] != now[$0.rawValue]
    }
    func text(_ key: CodingKeys, in value: JSONValue) -> String {
      value[key.rawValue]?.text ?? "not set"
    }
    return changed.compactMap { key in
      switch key {
      case .modelDigest:
        let (old, new) = (text(.model, in: stored), text(.model, in: now))
        return old == new
          ? "the files of the model \(new) have changed"
          : "the model was \(old) and is \(new), which is another one"
      case .examplesDigest:
        // Their number says it already.
        return changed.contains(.examples)
          ? nil : "the examples (latents or images, prompts, vocabulary) are others"
      case .givenDigest: return "the noise of --given is another"
      case .adapterDigest:
        return changed.contains(.layers) || changed.contains(.parameters)
          ? nil : "the adapter has other layers, ranks or α"
      default: return "\(key.rawValue) was \(text(key, in: stored)) and is \(text(key, in: now))"
      }
    }
  }

  /// SHA-256 of what `weights` are, whatever their factors' values.
  static func digest(of weights: AdapterWeights) -> String {
    let layers = weights.layers.sorted { $0.key < $1.key }.map { address, factors in
      "\(address) \(factors.rank) \(factors.scale)\n"
    }
    return Digest.sha256(layers.joined().utf8)
  }
}
