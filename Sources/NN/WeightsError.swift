/// Why a checkpoint does not fit the model that its configuration describes.
public enum WeightsError: Error, Equatable, CustomStringConvertible {
  /// Tensors that are missing, of another shape, of an integer type, that nothing asked for, or of
  /// a kind that is not read, such as sparse or quantised ones.
  case mismatch(
    source: String, missing: [String], wrong: [String], unused: [String], unreadable: [String] = [])

  /// A tensor holds an infinity or something that is not a number.
  case notFinite(name: String, source: String)

  /// A finite tensor becomes infinite in the type that it is rounded to or computed in.
  case tooLarge(name: String, source: String, dtype: String)

  /// What is wrong, where, and what to do.
  public var description: String {
    switch self {
    case .mismatch(let source, let missing, let wrong, let unused, let unreadable):
      ([
        "\(source) does not fit its configuration; is config.json of another model, or the download incomplete?"
      ] + Self.section("missing", missing) + Self.section("of another shape or type", wrong)
        + Self.section("of a kind that is not read", unreadable)
        + Self.section("not asked for", unused)).joined(separator: "\n")
    case .notFinite(let name, let source):
      "\(name) in \(source) holds an infinity or a NaN; the file is damaged or its training diverged"
    case .tooLarge(let name, let source, let dtype):
      "\(name) in \(source) holds a number that is too large for \(dtype); compute in bf16 or fp32"
    }
  }

  private static let shown = 20

  private static func section(_ title: String, _ names: [String]) -> [String] {
    guard !names.isEmpty else { return [] }
    let rest = names.count - shown
    return ["  \(names.count) \(title):"] + names.prefix(shown).map { "    \($0)" }
      + (rest > 0 ? ["    … and \(rest) more"] : [])
  }
}
