/// Why a model cannot be loaded.
public enum ModelError: Error, Equatable, CustomStringConvertible {
  /// Nothing is there under this name; `installed` names the models that come with the program.
  case notFound(String, looked: [String], installed: [String])

  /// The folder is no diffusers model.
  case notAModel(folder: String, lacks: String)

  /// A component has no file of weights.
  case noWeights(folder: String, looked: [String])

  /// The checkpoint is of another kind.
  case unsupported(path: String, kind: String, advice: String)

  /// Two components do not belong together.
  case misfit(String)

  /// Two tensors of a file stand for one of the network.
  case sameTensor(String, String, file: String)

  /// A single-file checkpoint carries no vocabulary, and none was found.
  case noTokenizer(looked: [String])

  /// What is wrong, where, and what to do.
  public var description: String {
    switch self {
    case .notFound(let name, let looked, let installed):
      "there is no model “\(name)”; looked for \(looked.joined(separator: ", ")). "
        + "Give a diffusers folder, a .safetensors or .ckpt file, or the id of a model in the local Hugging Face cache "
        + "(nothing is downloaded)"
        + (installed.isEmpty
          ? "" : ", or a model that comes with the program: \(installed.joined(separator: ", "))")
    case .notAModel(let folder, let lacks):
      "\(folder) is no diffusers model: it has no \(lacks)"
    case .noWeights(let folder, let looked):
      "\(folder) has no weights; looked for \(looked.joined(separator: ", "))"
    case .unsupported(let path, let kind, let advice):
      "\(path) is \(kind), which is not supported; \(advice)"
    case .misfit(let text):
      text
    case .sameTensor(let one, let other, let file):
      "\(file) has both \(one) and \(other), which are the same tensor of the network; remove one of them"
    case .noTokenizer(let looked):
      "a single-file checkpoint carries no vocabulary, and none was found; looked for "
        + "\(looked.joined(separator: ", ")). Run scripts/setup, or give a folder that has one as the tokenizer"
    }
  }
}
