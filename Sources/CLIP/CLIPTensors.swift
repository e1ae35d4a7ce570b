internal import Files
internal import NN

/// The tensors of a file of CLIP weights under transformers' names, whatever names the file has.
struct CLIPTensors {
  /// Whose names the file has.
  enum Naming {
    /// transformers', as in `vision_model.embeddings.class_embedding`.
    case transformers

    /// OpenAI's and open_clip's, as in `visual.class_embedding`.
    case openCLIP
  }

  /// What messages call the file.
  let path: String

  /// Whose names the file has.
  let naming: Naming

  /// How the tensors are stored.
  let format: TensorFile.Format

  /// The tensors by name.
  private(set) var entries: [String: TensorEntry] = [:]

  private var unreadable: [String: String] = [:]
  private var sources: [String: String] = [:]

  /// - Throws: `CLIPError` where the file holds no vision tower, or a tensor twice.
  init(_ file: TensorFile) throws {
    path = file.path
    format = file.format
    let names = Array(file.entries.keys) + file.unreadable.keys
    try Self.refuseOthers(names, path: path)
    let prefix: String
    (naming, prefix) = try Self.naming(of: names, path: path)
    // A wrapper's prefix, such as `module.`; what stands beside it is none of CLIP's.
    for stored in names.sorted() where stored.hasPrefix(prefix) {
      let name = String(stored.dropFirst(prefix.count))
      if let what = file.unreadable[stored] {
        unreadable[(naming == .openCLIP ? OpenCLIPNames.name(name) : nil) ?? name] = what
      } else if let entry = file.entries[stored] {
        for (new, entry) in renamed(name, entry) {
          if let other = sources.updateValue(stored, forKey: new) {
            throw CLIPError.sameTensor(other, stored, file: path)
          }
          entries[new] = entry
        }
      }
    }
  }

  /// The tensors as what the towers are made of.
  func weights(_ placement: Placement) -> Weights {
    Weights(entries, unreadable: unreadable, source: path, placement: placement)
  }

  /// The files that hold the tensors, sorted.
  var files: [String] { Set(entries.values.map(\.file.path)).sorted() }

  /// What may be left over: buffers, heads that stand on an embedding, and the text tower of a
  /// whole CLIP whose configuration names the vision tower alone.
  static func isIgnored(_ name: String, hasText: Bool) -> Bool {
    name.hasSuffix("position_ids") || name.hasPrefix("predictor.")
      || !hasText && (name.hasPrefix("text_") || name == "logit_scale")
  }

  private func renamed(_ name: String, _ entry: TensorEntry) -> [(String, TensorEntry)] {
    switch naming {
    case .transformers: return [(Self.current(name), entry)]
    case .openCLIP:
      // open_clip's models with a text tower of their own.
      let plain = name.hasPrefix("text.") ? String(name.dropFirst("text.".count)) : name
      let leaf = plain.split(separator: ".").last.map(String.init) ?? plain
      if OpenCLIPNames.notWeights.contains(leaf) { return [] }
      return OpenCLIPNames.renamed(plain, entry) ?? [(name, entry)]
    }
  }

  /// Files written by some versions spell some names otherwise.
  private static func current(_ name: String) -> String {
    let parts = ["embeddings.", "encoder.", "pre_layrnorm.", "pre_layernorm.", "post_layernorm."]
    let full = parts.contains(where: name.hasPrefix) ? "vision_model." + name : name
    return full.replacing("vision_model.pre_layernorm.", with: "vision_model.pre_layrnorm.")
  }

  /// Whose names these are, and what stands before all of them.
  private static func naming(of names: [String], path: String) throws -> (Naming, String) {
    func prefix(before tail: String) -> String? {
      names.filter { $0 == tail || $0.hasSuffix("." + tail) }.min { $0.count < $1.count }
        .map { String($0.dropLast(tail.count)) }
    }
    if let prefix = prefix(before: "vision_model.embeddings.class_embedding") {
      return (.transformers, prefix)
    }
    if let prefix = prefix(before: "visual.class_embedding") { return (.openCLIP, prefix) }
    if names.contains("embeddings.class_embedding") { return (.transformers, "") }
    let hasText = names.contains { $0.hasSuffix("token_embedding.weight") }
    throw CLIPError.unsupported(
      path: path,
      kind: hasText
        ? "a text encoder alone"
        : "a file of weights without a vision tower "
          + "(vision_model.… or visual.…)", advice: CLIPFamily.advice)
  }

  private static func refuseOthers(_ names: [String], path: String) throws {
    func refuse(_ kind: String) -> CLIPError {
      .unsupported(path: path, kind: kind, advice: CLIPFamily.advice)
    }
    if names.contains(where: { $0.hasSuffix("visual.attnpool.positional_embedding") }) {
      throw refuse("a CLIP with a ResNet as its vision tower")
    }
    if names.contains(where: { $0.contains("visual.trunk.") }) {
      throw refuse("an open_clip model with a vision tower of timm")
    }
    if names.contains(where: { $0 == "logit_bias" || $0.hasSuffix(".logit_bias") }) {
      throw refuse("a SigLIP model")
    }
  }
}
