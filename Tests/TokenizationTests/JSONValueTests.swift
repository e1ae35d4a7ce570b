import Testing
import Tokenization

@Suite struct JSONValueTests {
  private func parse(_ text: String) throws -> JSONValue {
    try JSONValue(parsing: Array(text.utf8), file: "f.json")
  }

  @Test("objects keep their order, and equivalent keys apart")
  func objects() throws {
    let text = " {\"b\": 1, \"a\": [true, null, -2.5e1], \"\u{E9}\": 2, \"e\u{301}\": 3} "
    let json = try parse(text)
    guard case .object(let members) = json else {
      Issue.record("not an object")
      return
    }
    #expect(members.map(\.value.integer) == [1, nil, 2, 3])
  }

  @Test("escapes become their characters")
  func escapes() throws {
    let json = try parse(#""\u00e9\ud83d\ude00\"\\\/\b\f\n\r\t""#)
    #expect(json.string == "\u{E9}😀\"\\/\u{8}\u{C}\n\r\t")
  }

  @Test(
    "what is not JSON is refused with its line",
    arguments: [
      ("", "the text ends too early"), ("{", "a key in quotes was expected"),
      ("{\"a\" 1}", "a colon was expected after a key"), ("[1 2]", "a comma or ] was expected"),
      ("{\"a\":1 \"b\":2}", "a comma or } was expected"), ("[1,]", "a value was expected"),
      ("nul", "a value was expected"), ("1 2", "something follows the end of the value"),
      ("--1", "--1 is not a number"), ("\"\\x\"", "unknown escape in a string"),
      ("\"\\ud800\"", "half a surrogate pair"), ("\"\\ud800\\u0041\"", "half a surrogate pair"),
      ("\"\\u12\"", "\\u needs four hexadecimal digits"), ("\"a", "the text ends too early"),
      ("\"a\u{1}\"", "a string holds a control character that is not escaped"),
    ])
  func malformed(text: String, reason: String) {
    #expect(throws: TokenizationError.malformedJSON(file: "f.json", line: 1, reason: reason)) {
      try parse(text)
    }
  }

  @Test("bytes that are not UTF-8 inside a string are refused")
  func notUTF8() {
    #expect(
      throws: TokenizationError.malformedJSON(
        file: "f.json", line: 1, reason: "a string is not UTF-8")
    ) {
      try JSONValue(parsing: [0x22, 0xFF, 0x22], file: "f.json")
    }
  }

  @Test("every damaged form of a text is read or refused")
  func damaged() {
    let whole = Array(
      #"{"a": [1, -2.5e3, "\u00e9\ud83d\ude00"], "b": {"c": null, "d": true}}"#.utf8)
    for position in whole.indices {
      var forms = [Array(whole[..<position])]
      for byte in UInt8.min...UInt8.max {
        forms.append(whole)
        forms[forms.count - 1][position] = byte
      }
      for form in forms {
        do {
          _ = try JSONValue(parsing: form, file: "f.json")
        } catch {
          #expect(error is TokenizationError)
        }
      }
    }
  }
}
