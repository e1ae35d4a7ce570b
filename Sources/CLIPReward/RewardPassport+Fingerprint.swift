internal import Files
internal import Foundation

extension RewardPassport {
  /// The passport's whole content as JSON, keys sorted, the same for equal passports.
  public var canonicalJSON: String {
    func quoted(_ text: String) -> String {
      var quoted = "\""
      for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": quoted += "\\\""
        case "\\": quoted += "\\\\"
        case "\u{0}"..<"\u{20}":
          quoted += String(format: "\\u%04x", scalar.value)
        default: quoted.unicodeScalars.append(scalar)
        }
      }
      return quoted + "\""
    }
    let members = facts.sorted { $0.key < $1.key }
      .map { "\(quoted($0.key)):\(quoted($0.value))" }
    return "{\"facts\":{\(members.joined(separator: ","))},\"reward\":\(quoted(reward))}"
  }

  /// SHA-256 of the canonical JSON, 64 hexadecimal digits: what caches go by.
  public var digest: String { Digest.sha256(canonicalJSON.utf8) }

  /// The first 12 digits of ``digest``: what people and results call the passport.
  public var fingerprint: String { String(digest.prefix(12)) }

  /// The facts in which `other` is another measure, in words: `head sac.pth vs ava.pth`. Empty for
  /// equal passports.
  public func differences(from other: RewardPassport) -> [String] {
    guard reward == other.reward else {
      return ["reward \(Self.shown(reward)) vs \(Self.shown(other.reward))"]
    }
    let names = Set(facts.keys).union(other.facts.keys).sorted()
    return names.compactMap { name in
      let (mine, theirs) = (facts[name], other.facts[name])
      guard mine != theirs else { return nil }
      return "\(name) \(mine.map(Self.shown) ?? "unknown") vs "
        + "\(theirs.map(Self.shown) ?? "unknown")"
    }
  }

  /// A fact as a message shows it: digests cut to 12 digits.
  private static func shown(_ value: String) -> String {
    let isDigest = value.count == 64 && value.allSatisfy(\.isHexDigit)
    return isDigest ? String(value.prefix(12)) : value.printable
  }
}
