import RAFT
import Shapes
import Testing

@Suite("The oracle's check")
struct OracleCheckTests {
  private let check = OracleCheck(seed: 7, count: 24)

  @Test("finds clean pictures right at every size, in every style and on every background")
  func clean() {
    let rows = check.clean()
    #expect(rows.map(\.name).prefix(5) == ["64 px", "128 px", "256 px", "512 px", "solid"])
    for row in rows { #expect(row.accepted >= row.count - 1, "\(row.name)") }
  }

  @Test("finds slightly distorted pictures right")
  func distorted() throws {
    for row in try check.distorted() { #expect(row.accepted >= row.count - 2, "\(row.name)") }
  }

  @Test("accepts no picture when something else is asked")
  func misasked() {
    for row in check.misasked() { #expect(row.accepted == 0 && row.count == 24, "\(row.name)") }
  }

  @Test("accepts no picture without a figure")
  func empty() {
    for row in check.empty() { #expect(row.accepted <= 1, "\(row.name)") }
  }

  @Test("follows from its seed")
  func seeds() {
    let few = OracleCheck(seed: 7, count: 4)
    #expect(few.misasked() == OracleCheck(seed: 7, count: 4).misasked())
  }
}
