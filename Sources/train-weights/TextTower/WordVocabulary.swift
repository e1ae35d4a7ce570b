internal import Files
internal import Foundation
internal import Tokenization

/// A vocabulary in CLIP's format in which each of some words is one token.
///
/// The merges are learnt from the words by byte-pair encoding (Sennrich et al. 2016, algorithm 1)
/// until nothing is left to merge. Any other text still has tokens: bytes, and parts of the words.
package struct WordVocabulary {
  /// The tokens, in the order of their ids.
  package let tokens: [String]

  /// The pairs, in the order in which they were learnt.
  let merges: [(left: String, right: String)]

  /// Tokens that a text has at most, begin and end among them.
  let contextLength: Int

  /// The id of the token before a text.
  var beginID: Int { tokens.count - 2 }

  /// The id of the token behind a text, which also fills it up.
  var endID: Int { tokens.count - 1 }

  private static let begin = "<|startoftext|>"
  private static let end = "<|endoftext|>"

  /// A vocabulary of `words`, each a run of letters or of punctuation.
  package init(_ words: [String], contextLength: Int) {
    self.contextLength = contextLength
    let alphabet = ByteAlphabet.scalars.sorted().map { String($0) }
    merges = Self.merges(of: words)
    tokens =
      alphabet + alphabet.map { $0 + "</w>" } + merges.map { $0.left + $0.right }
      + [Self.begin, Self.end]
  }

  /// SHA-256 of the tokens and merges, by which vocabularies are told apart.
  var digest: String {
    let lines = tokens + merges.map { "\($0.left) \($0.right)" }
    return Digest.sha256(lines.joined(separator: "\n").utf8)
  }

  /// The files of transformers' tokenizer folder, by name.
  var files: [String: Data] {
    get throws {
      let markers: [String: JSONValue] = [
        "bos_token": .string(Self.begin), "eos_token": .string(Self.end),
        "pad_token": .string(Self.end), "unk_token": .string(Self.end),
      ]
      let configuration: [String: JSONValue] = [
        "tokenizer_class": "CLIPTokenizer", "model_max_length": .integer(contextLength),
        "do_lower_case": true, "add_prefix_space": false, "errors": "replace",
      ]
      let ids = tokens.enumerated().map {
        JSONValue.Member(key: $0.element, value: .integer($0.offset))
      }
      let lines = ["#version: 0.2"] + merges.map { "\($0.left) \($0.right)" }
      return [
        "vocab.json": try JSONValue.object(ids).fileContents,
        "merges.txt": Data((lines.joined(separator: "\n") + "\n").utf8),
        "special_tokens_map.json": try JSONValue(markers).fileContents,
        "tokenizer_config.json": try JSONValue(configuration.merging(markers) { $1 }).fileContents,
      ]
    }
  }

  /// Writes the files: the whole folder or nothing.
  package func write(to folder: String) throws {
    try AtomicFolder.write(to: folder) { temporary in
      for (name, contents) in try files {
        try AtomicFile.write(contents, to: "\(temporary)/\(name)")
      }
    }
  }

  /// Joins the commonest pair again and again; of equally common ones the first by name.
  private static func merges(of words: [String]) -> [(left: String, right: String)] {
    struct Pair: Hashable {
      let left: String
      let right: String
    }
    var split = Set(words).sorted().map { word in
      let symbols = word.utf8.map { String(ByteAlphabet.scalars[Int($0)]) }
      return Array(symbols.dropLast()) + [(symbols.last ?? "") + "</w>"]
    }
    var merges: [Pair] = []
    while true {
      var counts: [Pair: Int] = [:]
      for symbols in split {
        for (left, right) in zip(symbols, symbols.dropFirst()) {
          counts[Pair(left: left, right: right), default: 0] += 1
        }
      }
      let best = counts.max { one, other in
        (one.value, other.key.left, other.key.right) < (other.value, one.key.left, one.key.right)
      }
      guard let pair = best?.key else { break }
      merges.append(pair)
      split = split.map { symbols in
        var joined: [String] = []
        var index = 0
        while index < symbols.count {
          if index + 1 < symbols.count, symbols[index] == pair.left,
            symbols[index + 1] == pair.right
          {
            joined.append(pair.left + pair.right)
            index += 2
          } else {
            joined.append(symbols[index])
            index += 1
          }
        }
        return joined
      }
    }
    return merges.map { ($0.left, $0.right) }
  }
}
