internal import Files

/// Looks in a folder for the file of weights, or the index of shards: safetensors before pickles,
/// the variant that was asked for before the plain one, the plain one before any other variant.
package struct WeightFileSearch {
  /// What came of it.
  package enum Result {
    /// The file's path.
    case found(String)

    /// The names that were looked for, without those of variants and indices.
    case nothing(looked: [String])
  }

  /// What came of it.
  package let result: Result

  /// - Parameters:
  ///   - folder: where to look.
  ///   - stems: what the file may be called, without extension.
  ///   - variant: the infix to prefer, such as `fp16` in `model.fp16.safetensors`.
  /// - Throws: `FileError` where the folder may not be looked into.
  package init(in folder: String, stems: [String], variant: String? = nil) throws {
    let present = try FolderListing.names(in: folder)
    let infixes =
      (variant.map { [".\($0)"] } ?? []) + ["", ".fp16", ".bf16", ".fp32", ".non_ema", ".ema"]
    var looked: [String] = []
    for infix in infixes {
      for stem in stems {
        for name in [
          "\(stem)\(infix).safetensors", "\(stem).safetensors.index\(infix).json",
          "\(stem)\(infix).safetensors.index.json", "\(stem)\(infix).bin",
          "\(stem).bin.index\(infix).json", "\(stem)\(infix).bin.index.json",
        ] {
          if present.contains(name) {
            result = .found("\(folder)/\(name)")
            return
          }
          if infix.isEmpty, !name.contains("index") { looked.append(name) }
        }
      }
    }
    result = .nothing(looked: looked)
  }
}
