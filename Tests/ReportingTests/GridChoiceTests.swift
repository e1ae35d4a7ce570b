import Imaging
import RAFT
import Reporting
import Testing

@Suite("Grids of rounds and comparisons")
struct GridChoiceTests {
  static func entry(_ prompt: Int, _ index: Int, _ reward: Double?, _ isSelected: Bool = false)
    -> RoundGrid.Entry
  {
    RoundGrid.Entry(
      SampleAddress(round: 1, prompt: prompt, index: index), of: "prompt \(prompt)",
      reward: reward, isSelected: isSelected)
  }

  @Test("of each prompt the best, the median and the worst are shown, ties by address")
  func choice() {
    let grid = RoundGrid(
      "round 1",
      [
        Self.entry(1, 0, 2), Self.entry(0, 2, 5, true), Self.entry(0, 1, 5), Self.entry(0, 0, 1),
        Self.entry(0, 3, nil), Self.entry(0, 4, 3), Self.entry(0, 5, 2), Self.entry(1, 1, 1.5),
        Self.entry(2, 0, nil),
      ])
    var asked: [String] = []
    let sheet = grid.grid { address in
      asked.append(address.description)
      return nil
    }
    #expect(
      asked == [
        "train/001/000-01", "train/001/000-04", "train/001/000-00", "train/001/001-00",
        "train/001/001-01",
      ])
    #expect(sheet.columns == ["best", "median", "worst"])
    #expect(sheet.rows.map(\.caption) == ["prompt 0", "prompt 1", "prompt 2"])
    #expect(
      sheet.rows.map(\.labels) == [["5.00", "3.00", "1.00"], ["2.00", "", "1.50"], ["", "", ""]])
  }

  @Test("selected samples say so, and only the first prompts are shown")
  func limit() {
    let grid = RoundGrid(
      "round 1", (0..<5).map { Self.entry($0, 0, 1, true) }, maximalRows: 2)
    let sheet = grid.grid { _ in nil }
    #expect(sheet.title == "round 1 (the first 2 of 5 prompts)")
    #expect(sheet.rows.map { $0.labels[0] } == ["1.00 selected", "1.00 selected"])
  }

  @Test("a comparison shows rewards and how far they are from the first column's")
  func comparison() {
    let grid = ComparisonGrid(
      "before and after", columns: ["base", "round 1"],
      rows: [
        .init("a cat", seed: 7, rewards: [5, 5.25]), .init("a dog", seed: 8, rewards: [nil, 4]),
      ])
    let image = RGBImage(width: 2, height: 2, filledWith: .white)
    let sheet = grid.grid { row, column in row == column ? image : nil }
    #expect(sheet.rows.map(\.caption) == ["a cat · seed 7", "a dog · seed 8"])
    #expect(sheet.rows.map(\.labels) == [["5.00", "5.25 (+0.250)"], ["", "4.00"]])
    #expect(sheet.rows.map(\.images) == [[image, nil], [nil, image]])
  }
}
