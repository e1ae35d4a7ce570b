internal import Files

/// Which tokens a CLIP tokenizer treats specially, and how many tokens a prompt may have.
///
/// This is what special_tokens_map.json, tokenizer_config.json, added_tokens.json and the
/// `added_tokens` of a tokenizer.json say, in transformers' order of precedence.
struct CLIPSpecialTokens: Sendable {
  /// A token that is looked for in the text itself.
  struct Added: Equatable, Sendable {
    var content: String
    /// Whether it is looked for in the normalised text, so that capitals match too.
    var isNormalized: Bool
    /// Whether a decoded text may leave it out.
    var isSpecial = false
    /// Whether it was given by its text alone; transformers tells such values from full ones.
    var isPlain = false
    /// The id that the file gives it.
    var recordedID: Int?
  }

  private(set) var begin = Self.plain("<|startoftext|>")
  private(set) var end = Self.plain("<|endoftext|>")
  private(set) var unknown = Self.plain("<|endoftext|>")
  private(set) var padding = Self.plain("<|endoftext|>")
  private(set) var contextLength = 77
  private var recorded: [Added] = []

  /// What Stable Diffusion 1.5's tokenizer folder says; for vocabularies that come alone.
  static let stableDiffusion: Self = {
    var tokens = Self()
    tokens.begin = Added(content: "<|startoftext|>", isNormalized: true)
    return tokens
  }()

  private init() {}

  /// Reads the optional files.
  ///
  /// - Parameters:
  ///   - configuration: tokenizer_config.json.
  ///   - map: special_tokens_map.json, which counts unless the configuration lists added tokens.
  ///   - addedTokens: added_tokens.json, under the same condition.
  ///   - tokenizer: tokenizer.json; its `added_tokens` count under the same condition.
  /// - Throws: `TokenizationError` where a value has the wrong type or an unsupported switch.
  init(
    configuration: TokenizerFile?, map: TokenizerFile?, addedTokens: TokenizerFile?,
    tokenizer: TokenizerFile?
  ) throws {
    var named: [TokenizerFile?] = [configuration]
    if let listed = configuration?.json["added_tokens_decoder"], let configuration {
      recorded = try Self.decoderTokens(listed, file: configuration.path)
    } else {
      named.append(map)
      recorded = try Self.mappedTokens(addedTokens)
      recorded += try Self.listedTokens(tokenizer)
    }
    recorded.sort { ($0.recordedID ?? 0) < ($1.recordedID ?? 0) }
    for file in named.compactMap({ $0 }) {
      try read(file, isMap: file.path == map?.path)
    }
    let length = configuration?.json["model_max_length"]?.integer ?? contextLength
    // Files without a limit record 10^30; CLIP's own context is what they mean.
    contextLength = (3...65_536).contains(length) ? length : contextLength
    for role in [\Self.begin, \Self.end, \Self.unknown, \Self.padding] {
      if let known = recorded.last(where: { $0.content == self[keyPath: role].content }) {
        self[keyPath: role] = known
      }
    }
  }

  /// Every added token once, the later of two with one text.
  var added: [Added] {
    var tokens = recorded
    for token in [begin, end, unknown, padding]
    where !recorded.contains(where: { $0.content == token.content }) && !tokens.contains(token) {
      tokens.append(token)
    }
    var result: [Added] = []
    for token in tokens {
      if let index = result.firstIndex(where: { $0.content == token.content }) {
        result[index] = token
      } else {
        result.append(token)
      }
    }
    return result
  }

  // MARK: Reading

  private static func plain(_ content: String) -> Added {
    Added(content: content, isNormalized: false, isSpecial: true, isPlain: true)
  }

  private mutating func read(_ file: TokenizerFile, isMap: Bool) throws {
    let roles: [(WritableKeyPath<Self, Added>, String)] = [
      (\.begin, "bos_token"), (\.end, "eos_token"), (\.unknown, "unk_token"),
      (\.padding, "pad_token"),
    ]
    for (role, key) in roles {
      guard let value = file.json[key], !value.isNull else { continue }
      self[keyPath: role] = try Self.token(
        value, key: key, file: file.path, normalizedByDefault: !isMap)
    }
  }

  /// `"added_tokens_decoder": {"49406": {"content": …}}`, in the file's order.
  private static func decoderTokens(_ value: JSONValue, file: String) throws -> [Added] {
    guard case .object(let members) = value else {
      throw TokenizationError.unexpected(
        file: file, key: "added_tokens_decoder", expected: "an object")
    }
    return try members.map { member in
      var token = try token(member.value, key: "added_tokens_decoder", file: file)
      guard let id = Int(member.key) else {
        throw TokenizationError.unexpected(
          file: file, key: "the key \"\(member.key)\" of added_tokens_decoder",
          expected: "a whole number")
      }
      token.recordedID = id
      return token
    }
  }

  /// `{"<cat>": 49408}`, an added_tokens.json.
  private static func mappedTokens(_ file: TokenizerFile?) throws -> [Added] {
    guard let file else { return [] }
    guard case .object(let members) = file.json else {
      throw TokenizationError.unexpected(
        file: file.path, key: "the content", expected: "an object of tokens and their ids")
    }
    return try members.map { member in
      guard let id = member.value.integer else {
        throw TokenizationError.unexpected(
          file: file.path, key: "the id of \"\(member.key)\"", expected: "a whole number")
      }
      let isSpecial = ["<|startoftext|>", "<|endoftext|>"].contains(member.key)
      return Added(
        content: member.key, isNormalized: !isSpecial, isSpecial: isSpecial, recordedID: id)
    }
  }

  /// `"added_tokens": [{"id": 49406, "content": …}]` of a tokenizer.json.
  private static func listedTokens(_ file: TokenizerFile?) throws -> [Added] {
    guard let file, let listed = file.json["added_tokens"], !listed.isNull else { return [] }
    guard case .array(let elements) = listed else {
      throw TokenizationError.unexpected(
        file: file.path, key: "added_tokens", expected: "an array")
    }
    return try elements.map { element in
      var token = try token(element, key: "added_tokens", file: file.path)
      token.recordedID = element["id"]?.integer
      return token
    }
  }

  /// A token given by its text, or by an object with `content` and switches.
  private static func token(
    _ value: JSONValue, key: String, file: String, normalizedByDefault: Bool = true
  ) throws -> Added {
    if let content = value.string { return plain(content) }
    guard let content = value["content"]?.string else {
      throw TokenizationError.unexpected(
        file: file, key: key, expected: "a token, as text or as an object with its content")
    }
    for name in ["lstrip", "rstrip", "single_word"] where value[name]?.bool == true {
      throw TokenizationError.unsupported(
        file: file, what: "the token \"\(content)\" has \(name) switched on")
    }
    let isSpecial = value["special"]?.bool ?? false
    let byDefault = normalizedByDefault && !isSpecial
    return Added(
      content: content, isNormalized: value["normalized"]?.bool ?? byDefault, isSpecial: isSpecial)
  }
}
