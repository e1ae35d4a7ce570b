internal import Files

/// Why an adapter cannot be read, used or written, where it is not a matter of its container.
public enum AdapterFileError: Error, Equatable, CustomStringConvertible {
  /// A folder holds none of the files that adapters come in.
  case noFile(folder: String, looked: [String])

  /// Tensors with PEFT's names, and nothing that says their α.
  case noConfiguration(file: String, expected: String)

  /// No tensor of the file belongs to an adapter.
  case notAnAdapter(file: String, example: String)

  /// The adapter is of a kind that is not done here.
  case unsupported(file: String, kind: String, example: String, advice: String)

  /// The adapter was made for another family of models; `evidence` says where that shows.
  case otherBase(file: String, base: String, evidence: String)

  /// Tensors that no layer takes, layers that lack a factor, factors of another shape.
  case mismatch(file: String, unused: [String], incomplete: [String], wrong: [String])

  /// Two tensors are the same factor of one layer.
  case duplicate(String, String, file: String)

  /// A factor has no rows.
  case rankZero(String, file: String)

  /// A factor holds an infinity or something that is not a number.
  case notFinite(String, file: String)

  /// An alpha is no finite number.
  case wrongAlpha(String, value: String, file: String)

  /// Tensors and metadata both say alpha, or a configuration says another rank than the tensors.
  case contradiction(file: String, String)

  /// A factor cannot be stored in the type that was asked for.
  case tooLarge(String, dtype: String)

  /// A form has no name for a layer.
  case noName(String, form: String)

  /// What is wrong, where, and what to do.
  public var description: String {
    switch self {
    case .noFile(let folder, let looked):
      "\(folder) has no adapter; looked for \(looked.joined(separator: ", "))"
    case .noConfiguration(let file, let expected):
      "\(file) has PEFT's form, whose alpha is in a file beside it, and \(expected) does not exist; "
        + "copy the adapter's adapter_config.json there"
    case .notAnAdapter(let file, let example):
      "\(file) is no adapter: no tensor in it is a factor of one (it has \(example.printable)); "
        + "give a LoRA file of diffusers, PEFT or kohya"
    case .unsupported(let file, let kind, let example, let advice):
      "\(file) is \(kind) (\(example.printable)), which is not supported; \(advice)"
    case .otherBase(let file, let base, let evidence):
      "\(file) is a LoRA for another base, \(base): \(evidence.printable); "
        + "give an adapter that was trained on this model's family"
    case .mismatch(let file, let unused, let incomplete, let wrong):
      ([
        "\(file) does not fit in whole; "
          + (unused.isEmpty && wrong.isEmpty
            ? "is the download incomplete?" : "is it a LoRA for another base?")
      ] + Self.section("tensors that no layer takes", unused)
        + Self.section("layers that lack factors", incomplete)
        + Self.section("layers of another shape", wrong)).joined(separator: "\n")
    case .duplicate(let one, let other, let file):
      "\(file) has both \(one.printable) and \(other.printable), which are the same factor of one "
        + "layer; remove one of them"
    case .rankZero(let tensor, let file):
      "\(file) has an adapter of rank 0 (\(tensor.printable)), which changes nothing; "
        + "was its training set up wrongly?"
    case .notFinite(let tensor, let file):
      "\(tensor.printable) in \(file) holds an infinity or a NaN; the file is damaged or its "
        + "training diverged"
    case .wrongAlpha(let tensor, let value, let file):
      "\(tensor.printable) in \(file) is \(value), and an alpha is one finite number; "
        + "the file is damaged"
    case .contradiction(let file, let text):
      "\(file) contradicts itself: \(text)"
    case .tooLarge(let tensor, let dtype):
      "\(tensor) holds a number that is too large for \(dtype); write fp32 or bf16"
    case .noName(let layer, let form):
      "the form \(form) has no name for the layer \(layer); choose another form"
    }
  }

  /// The lines under one heading; none where the list is empty.
  static func section(_ title: String, _ lines: [String]) -> [String] {
    guard !lines.isEmpty else { return [] }
    let shown = 20
    let rest = lines.count - shown
    return ["  \(lines.count) \(title):"] + lines.prefix(shown).map { "    \($0.printable)" }
      + (rest > 0 ? ["    … and \(rest) more"] : [])
  }
}
