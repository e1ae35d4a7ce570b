internal import Files

/// One fact in which two passports differ.
public struct PassportDifference: Sendable, Equatable, CustomStringConvertible {
  /// The fact; `reward` for the kind of reward itself.
  public let fact: String

  /// What it is in the first; nil where it is not there.
  public let first: String?

  /// What it is in the second; nil where it is not there.
  public let second: String?

  /// A difference.
  public init(fact: String, first: String?, second: String?) {
    self.fact = fact
    self.first = first
    self.second = second
  }

  /// Such as `head is a.pth in one and b.pth in the other`.
  public var description: String {
    func shown(_ value: String?) -> String { value?.printable ?? "absent" }
    return "\(fact.printable) is \(shown(first)) in one and \(shown(second)) in the other"
  }
}

extension RewardPassport {
  /// The facts in which `other` differs, by name; none where the two are equal.
  public func differences(from other: RewardPassport) -> [PassportDifference] {
    var differences: [PassportDifference] = []
    if reward != other.reward {
      differences.append(.init(fact: "reward", first: reward, second: other.reward))
    }
    for fact in Set(facts.keys).union(other.facts.keys).sorted()
    where facts[fact] != other.facts[fact] {
      differences.append(.init(fact: fact, first: facts[fact], second: other.facts[fact]))
    }
    return differences
  }
}
