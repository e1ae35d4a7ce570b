/// What `sample --json` prints.
struct SampleResult: Encodable {
  struct Image: Encodable {
    let path: String
    let prompt: String
    let negativePrompt: String
    let seed: UInt64

    enum CodingKeys: String, CodingKey {
      case path, prompt, seed
      case negativePrompt = "negative_prompt"
    }
  }

  /// The images that are finished: all of them, unless the run was stopped.
  let images: [Image]
  let requested: Int
  let grid: String?
  let latents: String?
  let sampler: String
  let steps: Int
  let width: Int
  let height: Int
  let precision: String
  let device: String
  let threads: Int
  let batch: Int

  /// Wall time from the start until the model is there.
  let loadSeconds: Double
  /// Wall time of the first evaluation of the network, in which weights are read and packed.
  let firstStepSeconds: Double
  /// The median wall time of the other evaluations of the network, each over a whole batch.
  let secondsPerStep: Double
  let decodeSeconds: Double
  let totalSeconds: Double
  let peakMemoryBytes: Int?

  enum CodingKeys: String, CodingKey {
    case images, requested, grid, latents, sampler, steps, width, height, precision, device,
      threads, batch
    case loadSeconds = "load_seconds"
    case firstStepSeconds = "first_step_seconds"
    case secondsPerStep = "seconds_per_step"
    case decodeSeconds = "decode_seconds"
    case totalSeconds = "total_seconds"
    case peakMemoryBytes = "peak_memory_bytes"
  }

  /// What to say where the user stopped the run before its end.
  var stopped: CommandError? {
    guard images.count < requested else { return nil }
    let finished =
      images.isEmpty
      ? "no image was finished, and nothing was written"
      : "\(images.count) of \(requested) images are finished, the last is \(images[images.count - 1].path)"
    return CommandError(status: .tryAgain, description: "stopped as you asked: \(finished)")
  }
}
