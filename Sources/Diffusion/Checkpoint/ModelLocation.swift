internal import Files

/// Where a model's files are.
public enum ModelLocation: Sendable, Equatable {
  /// A folder in diffusers' layout.
  case folder(String)

  /// A single-file checkpoint.
  case file(String)

  /// The path that messages and records show.
  public var path: String {
    switch self {
    case .folder(let path), .file(let path): path
    }
  }

  /// The checkpoint's parts, whichever the layout.
  ///
  /// - Parameter variant: which of several sets of weights to prefer, such as `fp16`; folders only.
  package func parts(variant: String? = nil) throws -> any ModelParts {
    switch self {
    case .folder(let path): try DiffusersFolder(path, variant: variant)
    case .file(let path): try SingleFile(path)
    }
  }

  /// Finds `name`: a model that comes with the program, a folder, a file, or a model of the local
  /// Hugging Face cache such as `org/name` or `org/name@revision`, in this order.
  ///
  /// - Throws: `ModelError.notFound`, which lists the places looked at. The network is never asked.
  public init(resolving name: String, environment: [String: String]) throws {
    switch StoredPath(resolving: name, environment: environment) {
    case .folder(let path): self = .folder(path)
    case .file(let path): self = .file(path)
    case .absent(let looked):
      throw ModelError.notFound(
        name, looked: looked, installed: try InstalledModels().names())
    }
  }
}
