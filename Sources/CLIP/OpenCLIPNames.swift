internal import NN

/// The one table between OpenAI's names, which open_clip keeps, and transformers'.
///
/// `attn.in_proj_weight` is the query's, key's and value's weight one below the other, and `proj`
/// and `text_projection` are transposed: the new entries are views of the same bytes.
enum OpenCLIPNames {
  /// What the archive of a whole model has besides weights.
  static let notWeights: Set<String> = [
    "input_resolution", "context_length", "vocab_size", "attn_mask",
  ]

  /// `entry`, whose name is `name`, under transformers' names; nil where the name is none of
  /// CLIP's.
  static func renamed(_ name: String, _ entry: TensorEntry) -> [(String, TensorEntry)]? {
    if let new = projections[name] { return entry.transposed.map { [(new, $0)] } }
    guard let new = self.name(name) else { return nil }
    guard let kind = ["in_proj_weight", "in_proj_bias"].first(where: new.hasSuffix) else {
      return [(new, entry)]
    }
    // …self_attn.in_proj_weight → …self_attn.{q,k,v}_proj.weight
    let head = new.dropLast(kind.count)
    let leaf = kind.dropFirst("in_proj_".count)
    guard let parts = entry.split(into: 3) else { return nil }
    return zip(["q", "k", "v"], parts).map { ("\(head)\($0)_proj.\(leaf)", $1) }
  }

  /// The new name of a tensor that stays whole, or one that still says `in_proj_…`.
  static func name(_ name: String) -> String? {
    if let new = whole[name] { return new }
    let isVision = name.hasPrefix("visual.")
    let tower = isVision ? "vision_model" : "text_model"
    let local = name.dropFirst(isVision ? "visual.".count : 0)
    let parts = local.split(separator: ".").map(String.init)
    if parts.count == 2, let norm = norms[(isVision ? "visual." : "") + parts[0]] {
      return "\(tower).\(norm).\(parts[1])"
    }
    guard parts.count >= 5, parts[0] == "transformer", parts[1] == "resblocks", Int(parts[2]) != nil
    else { return nil }
    let rest = parts[3...].joined(separator: ".")
    for (old, new) in block where rest.hasPrefix(old) {
      return "\(tower).encoder.layers.\(parts[2]).\(new)\(rest.dropFirst(old.count))"
    }
    return nil
  }

  private static let projections = [
    "visual.proj": "visual_projection.weight", "text_projection": "text_projection.weight",
  ]

  private static let whole = [
    "visual.class_embedding": "vision_model.embeddings.class_embedding",
    "visual.conv1.weight": "vision_model.embeddings.patch_embedding.weight",
    "visual.positional_embedding": "vision_model.embeddings.position_embedding.weight",
    "token_embedding.weight": "text_model.embeddings.token_embedding.weight",
    "positional_embedding": "text_model.embeddings.position_embedding.weight",
    "text_projection.weight": "text_projection.weight", "logit_scale": "logit_scale",
  ]

  private static let norms = [
    "visual.ln_pre": "pre_layrnorm", "visual.ln_post": "post_layernorm",
    "ln_final": "final_layer_norm",
  ]

  private static let block = [
    ("ln_1.", "layer_norm1."), ("ln_2.", "layer_norm2."), ("mlp.c_fc.", "mlp.fc1."),
    ("mlp.c_proj.", "mlp.fc2."), ("attn.out_proj.", "self_attn.out_proj."),
    ("attn.in_proj_", "self_attn.in_proj_"),
  ]
}

extension TensorEntry {
  /// The same bytes as a matrix on its side; nil where this is no matrix.
  fileprivate var transposed: TensorEntry? {
    guard shape.count == 2 else { return nil }
    return TensorEntry(
      name: name, dtype: dtype, shape: [shape[1], shape[0]], strides: [strides[1], strides[0]],
      storageOffset: storageOffset, file: file, storage: storage)
  }

  /// Equally many rows each, from the top; nil where they do not come out even.
  fileprivate func split(into count: Int) -> [TensorEntry]? {
    guard let rows = shape.first, rows > 0, rows % count == 0 else { return nil }
    return (0..<count).map { part in
      TensorEntry(
        name: name, dtype: dtype, shape: [rows / count] + shape.dropFirst(), strides: strides,
        storageOffset: storageOffset + part * (rows / count) * strides[0], file: file,
        storage: storage)
    }
  }
}
