import Files
import Foundation
import Testing

@Suite("JSON values")
struct JSONValueTests {
  private func parse(_ text: String) throws -> JSONValue {
    try JSONValue(parsing: Array(text.utf8))
  }

  @Test("objects keep their order, and equivalent and repeated keys apart")
  func objects() throws {
    let text = " {\"b\": 1, \"a\": [true, null, -2.5e1], \"\u{E9}\": 2, \"e\u{301}\": 3, \"b\": 4} "
    let json = try JSONValue(parsing: Array(text.utf8), acceptsDuplicateKeys: true)
    guard case .object(let members) = json else {
      Issue.record("not an object")
      return
    }
    #expect(
      members.map { Array($0.key.unicodeScalars) }
        == ["b", "a", "\u{E9}", "e\u{301}", "b"].map { Array($0.unicodeScalars) })
    #expect(members.map(\.value.integer) == [1, nil, 2, 3, 4])
    #expect(json["a"] == .array([.bool(true), .null, .number(-25)]))
    #expect(json["b"] == .integer(4))
  }

  @Test(
    "a key that stands twice is refused, also in another spelling",
    arguments: [
      (#"{"a": 1, "a": 2}"#, "the name a stands twice"),
      (#"{"a": 1, "\u0061": 2}"#, "the name a stands twice"),
      ("{\"\u{E9}\": 1, \"e\u{301}\": 2}", "the name e\u{301} stands twice"),
      (#"[{"b": {"\n": 1, "\n": 1}}]"#, "the name \\u{a} stands twice"),
    ])
  func duplicates(_ text: String, _ reason: String) throws {
    let error = #expect(throws: JSONError.self) { try parse(text) }
    #expect(error?.reason == reason)
  }

  @Test("escapes become their characters")
  func escapes() throws {
    let json = try parse(#""\u00e9\ud83d\ude00\"\\\/\b\f\n\r\t x""#)
    #expect(json.string == "\u{E9}😀\"\\/\u{8}\u{C}\n\r\t x")
  }

  @Test(
    "whole numbers are exact up to 2^63, others the nearest double",
    arguments: [
      ("0", JSONValue.integer(0)), ("-0", .integer(0)), ("-17", .integer(-17)),
      ("9007199254740993", .integer(9_007_199_254_740_993)),
      ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
      ("9223372036854775808", .number(9_223_372_036_854_775_808)), ("1.0", .number(1)),
      ("0.1", .number(0.1)), ("-2.5e-3", .number(-0.0025)), ("1E+2", .number(100)),
      ("5e-324", .number(.leastNonzeroMagnitude)), ("1e-999", .number(0)),
    ])
  func numbers(_ text: String, _ value: JSONValue) throws {
    let parsed = try parse(text)
    #expect(parsed == value)
    #expect((parsed.integer == nil) == (value.integer == nil))
  }

  @Test("a byte order mark and white space are passed")
  func byteOrderMark() throws {
    #expect(try parse("\u{FEFF} \t\r\n[ ] \n") == .array([]))
  }

  @Test("numbers without end are read where they are expected, and only there")
  func nonFinite() throws {
    let text = Array("[-Infinity, Infinity, NaN]".utf8)
    let values = try JSONValue(parsing: text, acceptsNonFinite: true).array?.compactMap(\.number)
    #expect(values?.prefix(2) == [-.infinity, .infinity])
    #expect(values?.last?.isNaN == true)
    #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
  }

  @Test(
    "what is not JSON is refused with what was expected, the byte and the line",
    arguments: [
      ("", "a value", 0, 1), ("{", "a key in quotes", 1, 1), ("{\"a\" 1}", "':'", 5, 1),
      ("{\"a\":1,}", "a key in quotes", 7, 1), ("[1\n 2]", "',' or ']'", 4, 2),
      ("{\"a\":1 \"b\":2}", "',' or '}'", 7, 1), ("[1,]", "a value", 3, 1),
      ("nul", "a value", 0, 1), ("1\n\n2", "the end", 3, 3), ("--1", "a value", 1, 1),
      ("01", "no zero in front", 2, 1), ("1.", "a digit", 2, 1), ("1e+", "a digit", 3, 1),
      (".5", "a value", 0, 1), ("+1", "a value", 0, 1), ("-Infinity", "a value", 1, 1),
      ("[1e999]", "a number within ±1.8e308", 1, 1), ("\"\\x\"", "a valid escape", 3, 1),
      ("\"\\ud800\"", "the second half of a surrogate pair", 8, 1),
      ("\"\\ud800\\u0041\"", "the second half of a surrogate pair", 13, 1),
      ("\"\\udc00\"", "the first half of a surrogate pair", 7, 1),
      ("\"\\u12\"", "four hexadecimal digits", 6, 1), ("\"a", "the end of a string", 2, 1),
      ("\"a\u{1}\"", "no control character in a string", 2, 1),
      ("// note\n1", "a value", 0, 1), ("'a'", "a value", 0, 1),
    ])
  func malformed(text: String, expected: String, byte: Int, line: Int) {
    let error = #expect(throws: JSONError.self) { try parse(text) }
    #expect(error?.problem == .expected(expected))
    #expect(error?.byte == byte)
    #expect(error?.line == line)
  }

  @Test("bytes that are not UTF-8 inside a string are refused")
  func notUTF8() {
    let error = #expect(throws: JSONError.self) {
      try JSONValue(parsing: [0x22, 0xFF, 0x22] as [UInt8])
    }
    #expect(error?.description == "expected UTF-8 text at byte 3")
  }

  @Test("depth is bounded", arguments: ["[", "{\"a\":"])
  func depth(_ opening: String) throws {
    let text = String(repeating: opening, count: 100_000)
    let error = #expect(throws: JSONError.self) { try parse(text) }
    #expect(error?.reason == "nested more than 64 deep")
    let closing = opening == "[" ? "]" : "}"
    let deepest = opening == "[" ? "" : "1"
    let limit = JSONReader.maximumDepth
    _ = try parse(
      String(repeating: opening, count: limit) + deepest + String(repeating: closing, count: limit))
  }

  @Test("a text that is too long is not read")
  func length() {
    let text = Data(count: JSONValue.maximumLength + 1)
    let error = #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
    #expect(error?.description == "it is longer than 67108864 bytes")
  }

  @Test("every damaged form of a text is read or refused, and read as it is skipped")
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
        let value = Result { try JSONValue(parsing: form) }
        let skipped = Result {
          try form.withUnsafeBytes { bytes in
            var json = JSONReader(bytes)
            try json.skipValue()
            try json.end()
          }
        }
        switch (value, skipped) {
        case (.success, .success): break
        case (.failure(let one as JSONError), .failure(let other as JSONError)):
          #expect(one == other)
        default: Issue.record("\(form)")
        }
      }
    }
  }

  @Test("a value is printed as JSON, integers exactly")
  func encoding() throws {
    let text = #"{"a":[1,null,true,0.5,"é\n"],"b":{"c":9223372036854775807},"d":{},"e":[]}"#
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    #expect(try String(decoding: encoder.encode(parse(text)), as: UTF8.self) == text)
  }

  @Test("a value is shown in messages as it stands in a file")
  func text() throws {
    let text = #"[null, true, 3, 0.5, "a", [], {"a": 1}, 2.0, -Infinity]"#
    let value = try JSONValue(parsing: Array(text.utf8), acceptsNonFinite: true)
    #expect(value.text == #"[null, true, 3, 0.5, "a", [], {…}, 2, -Infinity]"#)
  }
}
