import Files
import Foundation
import Testing
import Tokenization

/// Exact messages; FOLDER stands for the temporary folder's path.
@Suite struct TokenizationErrorTests {
  static let vocabulary =
    #"{"a": 0, "b</w>": 1, "ab</w>": 2, "<|startoftext|>": 3, "<|endoftext|>": 4}"#

  static let cases: [([String: String], String)] = [
    (
      [:],
      "FOLDER holds neither tokenizer.json nor vocab.json with merges.txt; name the model's tokenizer folder, or one with bpe_simple_vocab_16e6.txt"
    ),
    (["vocab.json": vocabulary], "FOLDER/merges.txt does not exist; is the folder complete?"),
    (["merges.txt": ""], "FOLDER/vocab.json does not exist; is the folder complete?"),
    (
      ["vocab.json": "{\"a\": 0,\n\"b\": }", "merges.txt": ""],
      "FOLDER/vocab.json is not valid JSON: line 2: expected a value; is the download complete?"
    ),
    (
      ["vocab.json": "", "merges.txt": ""],
      "FOLDER/vocab.json is not valid JSON: line 1: expected a value; is the download complete?"
    ),
    (
      ["vocab.json": "[1]", "merges.txt": ""],
      "FOLDER/vocab.json: the content should be an object of tokens and their ids; is it the file of a CLIP tokenizer?"
    ),
    (
      ["vocab.json": #"{"a": 0.5}"#, "merges.txt": ""],
      "FOLDER/vocab.json: the id of \"a\" should be a whole number; is it the file of a CLIP tokenizer?"
    ),
    (
      ["vocab.json": "{}", "merges.txt": ""],
      "FOLDER/vocab.json holds no tokens; is the download complete?"
    ),
    (
      ["vocab.json": #"{"a": 0, "b": 2}"#, "merges.txt": ""],
      "FOLDER/vocab.json: \"b\" has id 2, but the ids of 2 tokens must be 0 to 1"
    ),
    (
      ["vocab.json": #"{"a": 0, "b": -1}"#, "merges.txt": ""],
      "FOLDER/vocab.json: \"b\" has id -1, but the ids of 2 tokens must be 0 to 1"
    ),
    (
      ["vocab.json": #"{"a": 0, "b": 0}"#, "merges.txt": ""],
      "FOLDER/vocab.json: \"a\" and \"b\" both have id 0; every token needs its own"
    ),
    (
      ["vocab.json": #"{"a": 0, "a": 1}"#, "merges.txt": ""],
      "FOLDER/vocab.json lists the token \"a\" twice; every token may have one id"
    ),
    (
      ["vocab.json": vocabulary, "merges.txt": "#version: 0.2\na b</w>\nab\n"],
      "FOLDER/merges.txt, line 3: \"ab\" is not two symbols with one space between them"
    ),
    (
      ["vocab.json": vocabulary, "merges.txt": "a b</w> c\n"],
      "FOLDER/merges.txt, line 1: \"a b</w> c\" is not two symbols with one space between them"
    ),
    (
      ["vocab.json": vocabulary, "merges.txt": "a b</w>\na a\n"],
      "FOLDER/merges.txt: merge 2 needs the token \"aa\", which the vocabulary lacks; do both belong to the same model?"
    ),
    (
      ["vocab.json": vocabulary, "merges.txt": "a\u{1B}[2J\n"],
      "FOLDER/merges.txt, line 1: \"a\\u{1b}[2J\" is not two symbols with one space between them"
    ),
    (
      ["vocab.json": #"{"a": 0, "<|endoftext|>": 1}"#, "merges.txt": ""],
      "FOLDER/vocab.json lacks \"<|startoftext|>\", the begin-of-text token; is it the vocabulary of another model?"
    ),
    (
      ["vocab.json": #"{"a": 0, "<|startoftext|>": 1}"#, "merges.txt": ""],
      "FOLDER/vocab.json lacks \"<|endoftext|>\", the end-of-text token; is it the vocabulary of another model?"
    ),
    (
      [
        "vocab.json": vocabulary, "merges.txt": "",
        "special_tokens_map.json": #"{"pad_token": "[PAD]"}"#,
      ],
      "FOLDER/vocab.json lacks \"[PAD]\", the padding token; is it the vocabulary of another model?"
    ),
    (
      [
        "vocab.json": vocabulary, "merges.txt": "", "special_tokens_map.json": #"{"bos_token": 3}"#,
      ],
      "FOLDER/special_tokens_map.json: bos_token should be a token, as text or as an object with its content; is it the file of a CLIP tokenizer?"
    ),
    (
      ["vocab.json": vocabulary, "merges.txt": "", "added_tokens.json": #"{"<cat>": 9}"#],
      "FOLDER/vocab.json gives the added token \"<cat>\" id 9, but with this vocabulary it is 5; do both belong to the same model?"
    ),
    (
      [
        "vocab.json": vocabulary, "merges.txt": "",
        "special_tokens_map.json": #"{"pad_token": {"content": "a", "lstrip": true}}"#,
      ],
      "FOLDER/special_tokens_map.json: the token \"a\" has lstrip switched on, which this tokenizer does not support"
    ),
    (
      ["tokenizer.json": "{}"],
      "FOLDER/tokenizer.json: model should be an object with vocab and merges; is it the file of a CLIP tokenizer?"
    ),
    (
      ["tokenizer.json": #"{"model": {"type": "Unigram"}}"#],
      "FOLDER/tokenizer.json: the model is of type Unigram, not BPE, which this tokenizer does not support"
    ),
    (
      ["tokenizer.json": #"{"model": {"vocab": {"a": 0}, "merges": ["a"]}}"#],
      "FOLDER/tokenizer.json: model.merges should be an array of pairs of symbols; is it the file of a CLIP tokenizer?"
    ),
    (
      ["tokenizer.json": String(repeating: "[", count: 100_000)],
      "FOLDER/tokenizer.json is not valid JSON: line 1: nested more than 64 deep; is the download complete?"
    ),
    (
      ["bpe_simple_vocab_16e6.txt": "first line\ni n\nt h\n"],
      "FOLDER/bpe_simple_vocab_16e6.txt holds 2 merges where 48894 are needed; is the download complete?"
    ),
  ]

  @Test("a damaged folder is refused with what, where and what to do", arguments: cases)
  func messages(files: [String: String], message: String) throws {
    try withFolder(files) { folder in
      let error = #expect(throws: TokenizationError.self) { try CLIPTokenizer(folder: folder) }
      #expect(error?.description == message.replacingOccurrences(of: "FOLDER", with: folder))
    }
  }

  @Test("a folder that does not exist is named")
  func missingFolder() {
    let error = #expect(throws: TokenizationError.self) { try CLIPTokenizer(folder: "/none/here") }
    #expect(error?.description == "/none/here does not exist; is the folder complete?")
  }

  @Test("a file that cannot be read is named, with why")
  func unreadable() throws {
    try withFolder(["merges.txt": ""]) { folder in
      try FileManager.default.createDirectory(
        atPath: folder + "/vocab.json", withIntermediateDirectories: false)
      #expect(throws: FileError.folder("\(folder)/vocab.json")) {
        try CLIPTokenizer(folder: folder)
      }
    }
  }

  @Test("a vocabulary that is still compressed is told apart from a damaged one")
  func compressed() throws {
    try withFolder([:]) { folder in
      let file = URL(fileURLWithPath: folder + "/bpe_simple_vocab_16e6.txt")
      try Data([0x1F, 0x8B, 8, 0]).write(to: file)
      var error = #expect(throws: TokenizationError.self) { try CLIPTokenizer(folder: folder) }
      #expect(
        error?.description
          == "\(file.path) is still compressed; unpack it with gunzip, or run scripts/setup, which does"
      )
      try Data([0xFF, 0xFE]).write(to: file)
      error = #expect(throws: TokenizationError.self) { try CLIPTokenizer(folder: folder) }
      #expect(
        error?.description
          == "\(file.path) is not UTF-8 text; is it damaged, or still compressed?")
    }
  }
}
