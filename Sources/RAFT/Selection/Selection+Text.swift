extension Selection: CustomStringConvertible {
  /// Reads a selection as `--select` and recipes spell it: `best`, `best:2`, `top:0.2`,
  /// `local-top:8`, `threshold:6.5`, `percentile:90`, `prompt-percentile:90`, `passing:1`, and
  /// `random:` before any of these.
  ///
  /// - Throws: ``RAFTError`` for any other spelling, and for values that ``validate()`` refuses.
  public init(parsing text: String) throws {
    self.init(try Strategy(parsing: text, of: text))
    try validate()
  }

  /// The selection as ``init(parsing:)`` reads it.
  public var description: String { strategy.description }
}

extension Selection: Codable {
  /// Reads the text form.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    try self.init(parsing: container.decode(String.self))
  }

  /// Writes the text form.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

extension Selection.Strategy: CustomStringConvertible {
  /// The strategy as ``Selection/init(parsing:)`` reads it.
  public var description: String {
    switch self {
    case .bestOfPrompt(keep: 1): "best"
    case .bestOfPrompt(let keep): "best:\(keep)"
    case .topFraction(let share): "top:\(Self.text(share))"
    case .localThenTop(let prompts): "local-top:\(prompts)"
    case .threshold(let least): "threshold:\(Self.text(least))"
    case .percentile(let rank, perPrompt: false): "percentile:\(Self.text(rank))"
    case .percentile(let rank, perPrompt: true): "prompt-percentile:\(Self.text(rank))"
    case .passing(let least): "passing:\(Self.text(least))"
    case .random(let like): "random:\(like)"
    }
  }

  /// Every spelling, for messages and help.
  static let spellings =
    "best[:n], top:0.2, local-top:8, threshold:X, percentile:90, prompt-percentile:90, passing:X,"
    + " or random: and one of these"

  /// Reads the strategy that a part of `whole` spells.
  fileprivate init(parsing text: String, of whole: String) throws {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      .map(String.init)
    let (name, value) = (parts[0], parts.count > 1 ? parts[1] : nil)

    func number<Number: LosslessStringConvertible>(_: Number.Type) throws -> Number {
      guard let number = value.flatMap({ Number($0) }) else {
        throw RAFTError.unknownSelection(whole)
      }
      return number
    }

    switch (name, value) {
    case ("best", nil): self = .bestOfPrompt(keep: 1)
    case ("best", _): self = .bestOfPrompt(keep: try number(Int.self))
    case ("top", _): self = .topFraction(try number(Double.self))
    case ("local-top", _): self = .localThenTop(prompts: try number(Int.self))
    case ("threshold", _): self = .threshold(try number(Double.self))
    case ("percentile", _): self = .percentile(try number(Double.self), perPrompt: false)
    case ("prompt-percentile", _): self = .percentile(try number(Double.self), perPrompt: true)
    case ("passing", _): self = .passing(atLeast: try number(Double.self))
    case ("random", let like?): self = .random(like: try Self(parsing: like, of: whole))
    default: throw RAFTError.unknownSelection(whole)
    }
  }

  private static func text(_ value: Double) -> String {
    let text = "\(value)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}
