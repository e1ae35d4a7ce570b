/// Why images cannot be made as asked.
public enum GenerationError: Error, Equatable, CustomStringConvertible {
  /// A size that the VAE cannot make.
  case size(width: Int, height: Int, multiple: Int)

  /// A clip skip beyond the text tower.
  case clipSkip(Int, layers: Int)

  /// Latents or noise of another shape than the run needs.
  case shape(what: String, given: [Int], needed: [Int])

  /// The network's output has no finite values left.
  case notFinite(prompt: String, seed: UInt64)

  /// What is wrong, where, and what to do.
  public var description: String {
    switch self {
    case .size(let width, let height, let multiple):
      "\(width)x\(height) cannot be made: width and height must be multiples of \(multiple) from \(multiple) up; "
        + "the nearest is \(Self.near(width, multiple))x\(Self.near(height, multiple))"
    case .clipSkip(let skip, let layers):
      "clip skip \(skip) is out of range: the text encoder has \(layers) blocks, so it is 1…\(layers)"
    case .shape(let what, let given, let needed):
      "\(what) has the shape \(given), but this run needs \(needed)"
    case .notFinite(let prompt, let seed):
      "the image of “\(prompt)” with seed \(seed) became NaN or infinite; "
        + "check the weights, or compute in fp32"
    }
  }

  private static func near(_ size: Int, _ multiple: Int) -> Int {
    max((size + multiple / 2) / multiple, 1) * multiple
  }
}
