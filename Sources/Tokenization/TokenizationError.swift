internal import Files

/// Why a tokenizer could not be made from its files, where it is not a `FileError`.
///
/// Turning text into tokens never fails: every string has tokens.
public enum TokenizationError: Error, Equatable, CustomStringConvertible {
  /// A folder holds none of the accepted combinations of files.
  case noVocabulary(folder: String)
  /// A file that was asked for does not exist.
  case missingFile(String)
  /// A text file is not UTF-8.
  case notUTF8(file: String)
  /// A gzip file where its unpacked text is needed.
  case compressed(file: String)
  /// A file that should be JSON is not; `line` counts from 1.
  case malformedJSON(file: String, line: Int, reason: String)
  /// JSON whose content is not what a tokenizer needs at this place.
  case unexpected(file: String, key: String, expected: String)
  /// A line of a merges file that is not two symbols with a space between; `line` counts from 1.
  case malformedMerge(file: String, line: Int, text: String)
  /// A merge that needs a token which the vocabulary lacks; `merge` counts from 1.
  case mergeWithoutToken(file: String, merge: Int, token: String)
  /// A merges file that ends too early.
  case tooFewMerges(file: String, count: Int, needed: Int)
  /// A vocabulary without entries.
  case emptyVocabulary(file: String)
  /// A token's id lies outside 0..<count.
  case idOutOfRange(file: String, token: String, id: Int, count: Int)
  /// Two tokens with one id.
  case duplicateID(file: String, id: Int, first: String, second: String)
  /// One token listed twice.
  case duplicateToken(file: String, token: String)
  /// The vocabulary lacks a token that the tokenizer itself inserts.
  case missingSpecialToken(file: String, role: String, token: String)
  /// An added token whose recorded id is not the one that it gets.
  case addedTokenID(file: String, token: String, recorded: Int, actual: Int)
  /// A feature of a tokenizer file that would change the tokens and is not supported.
  case unsupported(file: String, what: String)

  /// The message: what, where, and what to do.
  public var description: String {
    switch self {
    case .noVocabulary(let folder):
      """
      \(folder) holds neither tokenizer.json nor vocab.json with merges.txt; name the model's \
      tokenizer folder, or one with bpe_simple_vocab_16e6.txt
      """
    case .missingFile(let file):
      "\(file) does not exist; is the folder complete?"
    case .notUTF8(let file):
      "\(file) is not UTF-8 text; is it damaged, or still compressed?"
    case .compressed(let file):
      "\(file) is still compressed; unpack it with gunzip, or run scripts/setup, which does"
    case .malformedJSON(let file, let line, let reason):
      "\(file) is not valid JSON: line \(line): \(reason.printable); is the download complete?"
    case .unexpected(let file, let key, let expected):
      "\(file): \(key.printable) should be \(expected); is it the file of a CLIP tokenizer?"
    case .malformedMerge(let file, let line, let text):
      "\(file), line \(line): \"\(text.printable)\" is not two symbols with one space between them"
    case .mergeWithoutToken(let file, let merge, let token):
      """
      \(file): merge \(merge) needs the token \"\(token.printable)\", which the vocabulary \
      lacks; do both belong to the same model?
      """
    case .tooFewMerges(let file, let count, let needed):
      "\(file) holds \(count) merges where \(needed) are needed; is the download complete?"
    case .emptyVocabulary(let file):
      "\(file) holds no tokens; is the download complete?"
    case .idOutOfRange(let file, let token, let id, let count):
      """
      \(file): \"\(token.printable)\" has id \(id), but the ids of \(count) tokens must be 0 to \
      \(count - 1)
      """
    case .duplicateID(let file, let id, let first, let second):
      """
      \(file): \"\(first.printable)\" and \"\(second.printable)\" both have id \(id); every token \
      needs its own
      """
    case .duplicateToken(let file, let token):
      "\(file) lists the token \"\(token.printable)\" twice; every token may have one id"
    case .missingSpecialToken(let file, let role, let token):
      """
      \(file) lacks \"\(token.printable)\", the \(role) token; is it the vocabulary of another \
      model?
      """
    case .addedTokenID(let file, let token, let recorded, let actual):
      """
      \(file) gives the added token \"\(token.printable)\" id \(recorded), but with this \
      vocabulary it is \(actual); do both belong to the same model?
      """
    case .unsupported(let file, let what):
      "\(file): \(what.printable), which this tokenizer does not support"
    }
  }
}
