/// Why images cannot be scored at all, or their scores not be compared.
public enum RewardError: Error, Equatable, CustomStringConvertible {
  /// The file's tensors are those of no aesthetic head; `found` lists them.
  case notAHead(file: String, found: [String])

  /// The head's layers are numbered in a way that does not tell where its activations are.
  case unknownHead(file: String, layers: [Int])

  /// A layer of the head does not fit: missing, misshapen or of an integer type.
  case headLayer(file: String, layer: String, problem: String)

  /// The head takes vectors of another width than the CLIP gives.
  case headWidth(head: String, width: Int, clip: String, clipWidth: Int)

  /// A folder that should hold a head holds no file of weights.
  case noHeadFile(folder: String)

  /// Scores under passports that are not the same were to be compared.
  case mixedPassports(reward: String, first: String, second: String, differences: [String])

  /// A file of earlier results is none.
  case notResults(file: String, line: Int, reason: String)

  /// Earlier results hold no score to compare with.
  case nothingToCompare(file: String, reward: String)

  /// The cache cannot be used.
  case cache(String, reason: String)

  /// What is wrong, where, and what to do.
  public var description: String {
    switch self {
    case .notAHead(let file, let found):
      "\(file) is no aesthetic head: it holds \(Self.list(found)); a linear head has weight and "
        + "bias, an MLP has layers.0, 2, 4, 6, 7 (without activation) or layers.0, 3, 6, 9, 11 "
        + "(with ReLU)"
    case .unknownHead(let file, let layers):
      "\(file) has layers \(Self.numbers(layers)), which does not tell where its activations are: "
        + "known are 0, 2, 4, 6, 7 (without activation) and 0, 3, 6, 9, 11 (ReLU after all but "
        + "the last)"
    case .headLayer(let file, let layer, let problem):
      "\(file): \(layer) \(problem); is the file complete, and an aesthetic head?"
    case .headWidth(let head, let width, let clip, let clipWidth):
      "\(head) takes embeddings of \(width) numbers\(Self.family(of: width)), but \(clip) gives "
        + "\(clipWidth)\(Self.family(of: clipWidth)); name the CLIP that the head was trained on"
    case .noHeadFile(let folder):
      "\(folder) holds no weights (model.safetensors, pytorch_model.bin); name the head's file"
    case .mixedPassports(let reward, let first, let second, let differences):
      "the \(reward) scores of \(first) and \(second) are not on one scale and cannot be compared: "
        + differences.joined(separator: "; ")
    case .notResults(let file, let line, let reason):
      "\(file), line \(line): \(reason); give what score --json printed"
    case .nothingToCompare(let file, let reward):
      "\(file) has no \(reward) score; score its images with the same --reward first"
    case .cache(let path, let reason):
      "the cache \(path) cannot be used: \(reason); name another with --cache, or go without by "
        + "--no-cache"
    }
  }

  /// The published CLIPs whose embeddings have this width.
  private static func family(of width: Int) -> String {
    switch width {
    case 512: " (as ViT-B/32 and ViT-B/16 do)"
    case 640: " (as RN50x4 does)"
    case 768: " (as ViT-L/14 does)"
    case 1024: " (as ViT-H/14 does)"
    default: ""
    }
  }

  private static func numbers(_ layers: [Int]) -> String {
    layers.map(String.init).joined(separator: ", ")
  }

  private static func list(_ names: [String]) -> String {
    if names.isEmpty { return "no tensor" }
    let rest = names.count - 6
    return names.prefix(6).joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
  }
}
