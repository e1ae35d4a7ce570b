import Files
import Testing

@Suite("Comma-separated values")
struct CommaSeparatedValuesTests {
  @Test("rows know the line on which they begin")
  func lines() throws {
    let text = "a,b\n\n\"one, \"\"two\"\"\nthree\",4\r\n5,\n"
    let rows = try CommaSeparatedValues.rows(text)
    #expect(rows.map(\.line) == [1, 3, 5])
    #expect(rows.map(\.fields) == [["a", "b"], ["one, \"two\"\nthree", "4"], ["5", ""]])
  }

  @Test("a quotation mark that stays open is refused with its line")
  func open() {
    #expect(throws: CommaSeparatedValues.OpenQuote(line: 2)) {
      try CommaSeparatedValues.rows("a,b\n1,\"2\n3,4\n")
    }
  }
}
