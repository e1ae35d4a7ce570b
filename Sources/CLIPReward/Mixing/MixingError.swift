internal import Files

/// Why scores cannot be combined.
public enum MixingError: Error, Equatable, CustomStringConvertible {
  /// `--reward` with what is no reward.
  case badTerm(String, reason: String)
  /// `--weight` with what is no weight.
  case badWeight(String, reason: String)
  /// `--floor` with what is no floor.
  case badFloor(String, reason: String)
  /// Two components have one name.
  case sameName(String)
  /// A reward has the name that results give to the combination of all.
  case reservedName(String)
  /// A weight or floor names no component.
  case unknownComponent(String, option: String, known: [String])
  /// Every weight is 0.
  case noWeight([String])
  /// Several components, and nobody said what they should be put on one scale by.
  case noScale([String])
  /// Scores of one component were made by different rewards.
  case differentPassports(component: String, facts: [String])
  /// A floor refers to scores among which there is none.
  case noBaseScores(component: String, source: String)
  /// The columns of a mixture are not those that it was made for, or not of one length.
  case columns(expected: [String], found: [String])

  /// What is wrong, where, and what to do.
  public var description: String {
    switch self {
    case .badTerm(let text, let reason):
      "\"\(text.printable)\" is no reward: \(reason)"
    case .badWeight(let text, let reason):
      "\"\(text.printable)\" is no weight: \(reason); write NAME=NUMBER, such as clip=0.5"
    case .badFloor(let text, let reason):
      "\"\(text.printable)\" is no floor: \(reason); write NAME>=NUMBER, NAME>=median, or "
        + "NAME>=median:FILE with the scores of a base"
    case .sameName(let name):
      "two rewards are called \(name.printable); name them apart, as in "
        + "\(name.printable)2=\(name.printable):…"
    case .reservedName(let name):
      "no reward may be called \(name): results call the combination of rewards so; "
        + "choose another name"
    case .unknownComponent(let name, let option, let known):
      "\(option) names \(name.printable), which is none of the rewards "
        + known.map(\.printable).joined(separator: ", ")
    case .noWeight(let names):
      "every weight of \(names.map(\.printable).joined(separator: ", ")) is 0; "
        + "one of them must count"
    case .noScale(let names):
      "\(names.map(\.printable).joined(separator: ", ")) have scales of their own; "
        + "choose how they are mixed: z, rank, or raw for a plain weighted sum"
    case .differentPassports(let component, let facts):
      "scores of \(component.printable) with different passports cannot be compared: "
        + facts.joined(separator: "; ") + "; score all images by one reward"
    case .noBaseScores(let component, let source):
      "the floor of \(component.printable) is the median of \(source.printable), "
        + "which holds no score of it"
    case .columns(let expected, let found):
      "a mixture of \(expected.map(\.printable).joined(separator: ", ")) was given the scores of "
        + found.map(\.printable).joined(separator: ", ")
    }
  }
}
