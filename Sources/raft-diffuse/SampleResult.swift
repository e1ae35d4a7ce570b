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

  /// The images that are finished: all of them, or those that were kept, unless the run was stopped
  /// or failed.
  var images: [Image]
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
  /// Wall time from the start of the process, its libraries' loading included, to the beginning and
  /// to the end of the first evaluation of the network; nil where the system does not tell, or none
  /// was reached.
  let startToFirstStepBeginSeconds: Double?
  let startToFirstStepSeconds: Double?
  let decodeSeconds: Double
  let totalSeconds: Double
  let peakMemoryBytes: Int?

  /// The adapters that were added to the model; nil for none.
  var adapters: [AdapterRecord]?

  /// How the images were chosen; nil where all are kept.
  var bestOf: BestOfResult?

  /// What ended the run early, or failed after its last image.
  let error: String?

  enum CodingKeys: String, CodingKey {
    case images, requested, grid, latents, sampler, steps, width, height, precision, device,
      threads, batch, error, adapters
    case bestOf = "best_of"
    case loadSeconds = "load_seconds"
    case firstStepSeconds = "first_step_seconds"
    case secondsPerStep = "seconds_per_step"
    case startToFirstStepBeginSeconds = "start_to_first_step_begin_seconds"
    case startToFirstStepSeconds = "start_to_first_step_seconds"
    case decodeSeconds = "decode_seconds"
    case totalSeconds = "total_seconds"
    case peakMemoryBytes = "peak_memory_bytes"
  }
}
