/// Why a CLIP model cannot be loaded or asked.
public enum CLIPError: Error, Equatable, CustomStringConvertible {
  /// Nothing is there under this name.
  case notFound(String, looked: [String])

  /// The folder has no file of weights.
  case noWeights(folder: String, looked: [String])

  /// The files are of another kind of model.
  case unsupported(path: String, kind: String, advice: String)

  /// The files do not say which activation the towers were trained with.
  case noActivation(path: String)

  /// The files do not say how many attention heads a tower has.
  case noHeads(path: String, width: Int)

  /// Two parts do not belong together.
  case misfit(String)

  /// Two tensors of a file stand for one of the network.
  case sameTensor(String, String, file: String)

  /// The model is a vision tower alone, and a text was to be embedded.
  case noText(path: String)

  /// The model brings no vocabulary, and none was found.
  case noTokenizer(path: String, looked: [String])

  /// Pixels of a shape that the tower does not take.
  case pixels([Int], size: Int)

  /// What is wrong, where, and what to do.
  public var description: String {
    switch self {
    case .notFound(let name, let looked):
      "there is no CLIP model “\(name)”; looked for \(looked.joined(separator: ", ")). "
        + "Give a folder, a .safetensors, .bin or .pt file, or the id of a model in the local "
        + "Hugging Face cache (nothing is downloaded)"
    case .noWeights(let folder, let looked):
      "\(folder) has no weights; looked for \(looked.joined(separator: ", "))"
    case .unsupported(let path, let kind, let advice):
      "\(path) is \(kind), which is not supported as a CLIP; \(advice)"
    case .noActivation(let path):
      "\(path) does not say which activation its towers use, and the wrong one changes every "
        + "score; put its open_clip_config.json beside it, or say it: quick_gelu for OpenAI's "
        + "weights and the -quickgelu models of open_clip, gelu for its others (ViT-H-14, HPSv2)"
    case .noHeads(let path, let width):
      "\(path) does not say how many attention heads its tower of width \(width) has; put its "
        + "open_clip_config.json beside it"
    case .misfit(let text): text
    case .sameTensor(let one, let other, let file):
      "\(file) has both \(one) and \(other), which are the same tensor of the network; "
        + "remove one of them"
    case .noText(let path):
      "\(path) is a vision tower alone: it embeds images but no texts; "
        + "give a whole CLIP model to compare images with prompts"
    case .noTokenizer(let path, let looked):
      "\(path) carries no vocabulary, and none was found; looked for "
        + "\(looked.joined(separator: ", ")). Run scripts/setup, or put the model's tokenizer "
        + "files beside its weights"
    case .pixels(let shape, let size):
      "the vision tower takes images of shape [B, 3, \(size), \(size)], and was given \(shape)"
    }
  }
}
