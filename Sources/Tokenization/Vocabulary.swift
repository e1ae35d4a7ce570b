package import Files

/// The tokens of a model and their ids, 0 ..< count without gaps.
public struct Vocabulary: Sendable {
  /// The tokens' text; the index is the id.
  public let tokens: [String]
  /// Where the tokens came from, for errors.
  package let file: String
  // Bytes, not strings: Swift takes canonically equivalent strings for equal, a vocabulary does
  // not.
  private let ids: [[UInt8]: Int]

  /// How many tokens there are.
  public var count: Int { tokens.count }

  /// Checks and takes `entries`, in any order.
  ///
  /// - Throws: `TokenizationError` where there are no entries, where a token or an id occurs twice,
  ///   or where the ids are not 0 ..< count.
  public init(entries: [(token: String, id: Int)], file: String) throws {
    guard !entries.isEmpty else { throw TokenizationError.emptyVocabulary(file: file) }
    var tokens = [String?](repeating: nil, count: entries.count)
    var ids: [[UInt8]: Int] = Dictionary(minimumCapacity: entries.count)
    for (token, id) in entries {
      guard tokens.indices.contains(id) else {
        throw TokenizationError.idOutOfRange(
          file: file, token: token, id: id, count: entries.count)
      }
      guard ids.updateValue(id, forKey: Array(token.utf8)) == nil else {
        throw TokenizationError.duplicateToken(file: file, token: token)
      }
      if let first = tokens[id] {
        throw TokenizationError.duplicateID(file: file, id: id, first: first, second: token)
      }
      tokens[id] = token
    }
    self.tokens = tokens.compactMap(\.self)
    self.ids = ids
    self.file = file
  }

  /// Takes an object `{"token": id, …}`, the content of a vocab.json.
  ///
  /// - Throws: `TokenizationError` where the value is anything else, or as above.
  package init(_ json: JSONValue, key: String, file: String) throws {
    let shape = "an object of tokens and their ids"
    guard case .object(let members) = json else {
      throw TokenizationError.unexpected(file: file, key: key, expected: shape)
    }
    let entries = try members.map { member in
      guard let id = member.value.integer else {
        throw TokenizationError.unexpected(
          file: file, key: "the id of \"\(member.key)\"", expected: "a whole number")
      }
      return (token: member.key, id: id)
    }
    try self.init(entries: entries, file: file)
  }

  /// The id of the token that is exactly `token`, scalar by scalar.
  public func id(of token: String) -> Int? {
    ids[Array(token.utf8)]
  }
}
