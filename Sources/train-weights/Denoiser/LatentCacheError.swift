/// Why cached latents cannot be taken.
enum LatentCacheError: Error, Equatable, CustomStringConvertible {
  /// A file does not say what it was made from.
  case noOrigin(file: String, folder: String)

  /// A file was made from another autoencoder or seed; the text says how they differ.
  case otherOrigin(file: String, folder: String, differences: [String])

  /// What is wrong, and what to do.
  var description: String {
    switch self {
    case .noOrigin(let file, let folder):
      "\(file) does not say what it was made from; delete \(folder) to have the latents made anew"
    case .otherOrigin(let file, let folder, let differences):
      "\(file) was made by another autoencoder or from another seed "
        + "(\(differences.joined(separator: "; "))); delete \(folder) to have the latents made anew"
    }
  }
}
