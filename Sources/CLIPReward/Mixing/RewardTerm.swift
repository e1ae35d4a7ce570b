internal import Foundation

/// A reward as the command line names it: `clip`, `aesthetic:0.5`, `command:./score.py --fast`,
/// `http://host:8000/score`, any of them with a name of its own before it: `sharp=command:…`.
public struct RewardTerm: Sendable, Equatable {
  /// Where the scores come from.
  public enum Source: Sendable, Equatable {
    /// A reward that is built in, by its name and what may follow it (`aesthetic:head.pth`).
    case builtIn(String)
    /// A program, by its command line.
    case command(String)
    /// A web service, by its address.
    case address(String)
  }

  /// What other options and results call it.
  public let name: String

  /// Where the scores come from.
  public let source: Source

  /// The weight after the name, `clip:0.5`; nil where there is none. Programs and services have
  /// theirs by `--weight`, since their own texts may hold colons.
  public let weight: Double?

  /// Reads a reward.
  ///
  /// - Throws: ``MixingError/badTerm(_:reason:)``.
  public init(parsing text: String) throws {
    let (ownName, rest) = Self.split(text)
    if let rest = Self.rest(of: rest, after: "command:") {
      guard !rest.allSatisfy(\.isWhitespace) else {
        throw MixingError.badTerm(text, reason: "write a program after command:")
      }
      (name, source, weight) = (ownName ?? "command", .command(rest), nil)
    } else if rest.hasPrefix("http://") || rest.hasPrefix("https://") {
      (name, source, weight) = (ownName ?? "http", .address(rest), nil)
    } else {
      let (builtIn, weight) = try Self.weighted(rest, text)
      self.weight = weight
      (name, source) = (ownName ?? builtIn, .builtIn(builtIn))
    }
  }

  /// Takes a weight off the end of `term`: a number after its last colon.
  private static func weighted(_ term: String, _ text: String) throws -> (String, Double?) {
    guard !["http", "https"].contains(term.prefix { $0 != ":" }) else {
      throw MixingError.badTerm(text, reason: "an address begins with http:// or https://")
    }
    var (builtIn, weight) = (term, Double?.none)
    if let colon = term.lastIndex(of: ":"), let number = Double(term[term.index(after: colon)...]) {
      guard number.isFinite else {
        throw MixingError.badTerm(text, reason: "a weight is a finite number")
      }
      (builtIn, weight) = (String(term[..<colon]), number)
    }
    guard !builtIn.isEmpty else { throw MixingError.badTerm(text, reason: "it names none") }
    return (builtIn, weight)
  }

  /// The name before `=`, where there is one: a letter, then letters, digits, `-` and `_`.
  private static func split(_ text: String) -> (name: String?, rest: String) {
    guard let sign = text.firstIndex(of: "="), let first = text.first, first.isLetter,
      text[..<sign].allSatisfy({ $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" })
    else { return (nil, text) }
    return (String(text[..<sign]), String(text[text.index(after: sign)...]))
  }

  private static func rest(of text: String, after prefix: String) -> String? {
    text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : nil
  }
}
