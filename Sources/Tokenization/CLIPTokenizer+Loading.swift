internal import Files
import Foundation

extension CLIPTokenizer {
  /// The name under which OpenAI published CLIP's merges, unpacked.
  public static let publishedFileName = "bpe_simple_vocab_16e6.txt"

  /// Reads a tokenizer folder.
  ///
  /// It may hold tokenizer.json, or vocab.json with merges.txt, or OpenAI's
  /// bpe_simple_vocab_16e6.txt, looked for in this order; special_tokens_map.json,
  /// tokenizer_config.json and added_tokens.json are read where they exist.
  ///
  /// - Throws: `TokenizationError`, or `FileError` where the system refuses.
  public init(folder: String) throws {
    let base = folder.hasSuffix("/") ? folder : folder + "/"
    func path(_ name: String) -> String { base + name }
    func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

    guard FileManager.default.fileExists(atPath: folder) else {
      throw TokenizationError.missingFile(folder)
    }
    let hasParts = has("vocab.json") || has("merges.txt")
    if !has("tokenizer.json"), !hasParts {
      guard has(Self.publishedFileName) else {
        throw TokenizationError.noVocabulary(folder: folder)
      }
      try self.init(publishedVocabulary: path(Self.publishedFileName))
      return
    }
    let tokenizer = try TokenizerFile(ifPresent: path("tokenizer.json"))
    let special = try CLIPSpecialTokens(
      configuration: TokenizerFile(ifPresent: path("tokenizer_config.json")),
      map: TokenizerFile(ifPresent: path("special_tokens_map.json")),
      addedTokens: TokenizerFile(ifPresent: path("added_tokens.json")),
      tokenizer: tokenizer)
    if let tokenizer {
      try self.init(tokenizer: tokenizer, special: special)
      return
    }
    let entries = try TokenizerFile(path("vocab.json"))
    let merges = path("merges.txt")
    try self.init(
      Vocabulary(entries.json, key: "the content", file: entries.path),
      merges: Merges.parse(TokenizerFile.lines(of: merges), file: merges), mergesFile: merges,
      special: special)
  }

  /// Builds OpenAI's vocabulary of 49,408 tokens from its merges, the only part published.
  ///
  /// The ids are: the 256 byte characters, the same with `</w>`, what each merge makes, and
  /// `<|startoftext|>` and `<|endoftext|>`.
  ///
  /// - Parameter file: bpe_simple_vocab_16e6.txt, unpacked. Only its first merges are used.
  /// - Throws: `TokenizationError`.
  public init(publishedVocabulary file: String) throws {
    try self.init(publishedVocabulary: file, mergeCount: 49_152 - 256 - 2)
  }

  /// The same with another number of merges, so that tests can do with a short file.
  package init(publishedVocabulary file: String, mergeCount: Int) throws {
    let lines = try TokenizerFile.lines(of: file).dropFirst()
    guard lines.count >= mergeCount else {
      throw TokenizationError.tooFewMerges(file: file, count: lines.count, needed: mergeCount)
    }
    let merges = try Merges.parse(Array(lines.prefix(mergeCount)), file: file, firstLine: 2)
    // The order of OpenAI's table: bytes that stand for themselves come first.
    let letters = ByteAlphabet.scalars.sorted().map { String($0) }
    let tokens =
      letters + letters.map { $0 + "</w>" } + merges.map { $0.left + $0.right }
      + ["<|startoftext|>", "<|endoftext|>"]
    try self.init(
      Vocabulary(entries: tokens.enumerated().map { (token: $1, id: $0) }, file: file),
      merges: merges, mergesFile: file, special: .stableDiffusion)
  }

  private init(tokenizer file: TokenizerFile, special: CLIPSpecialTokens) throws {
    guard let model = file.json["model"] else {
      throw TokenizationError.unexpected(
        file: file.path, key: "model", expected: "an object with vocab and merges")
    }
    if let type = model["type"]?.string, type != "BPE" {
      throw TokenizationError.unsupported(
        file: file.path, what: "the model is of type \(type), not BPE")
    }
    try self.init(
      Vocabulary(model["vocab"] ?? .null, key: "model.vocab", file: file.path),
      merges: Merges.parse(model["merges"], file: file.path), mergesFile: file.path,
      special: special)
  }
}
