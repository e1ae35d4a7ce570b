import Foundation
import Imaging
import Testing

@Suite("Grids and text")
struct GridTests {
  static func grid(caption: String, size: Int = 64, columns: Int = 3) -> ImageGrid {
    ImageGrid(
      title: "round 3", columns: (0..<columns).map { "seed \($0)" },
      rows: (0..<2).map { row in
        ImageGrid.Row(
          caption: caption,
          images: (0..<columns).map { Fixture.picture(width: size, height: size, seed: row + $0) })
      })
  }

  @Test("every image stands whole in the sheet", arguments: [(64, 1), (64, 3), (300, 4), (512, 4)])
  func images(size: Int, columns: Int) throws {
    let sheet = try Self.grid(caption: "a cat", size: size, columns: columns).rendered()
    for seed in 0..<columns + 1 {
      let image = Fixture.picture(width: size, height: size, seed: seed)
      #expect(sheet.contains(image))
    }
  }

  @Test("no text touches the border, whatever its length", arguments: [0, 3, 60, 2000])
  func margins(count: Int) throws {
    let words = (0..<count).map { "word\($0)" }.joined(separator: " ")
    for caption in [words, words.replacing(" ", with: ""), "Жöγ 猫 🐈 \(words)"] {
      let sheet = try ImageGrid(
        title: caption, columns: [caption, caption],
        rows: [.init(caption: caption, images: [nil, nil])]
      ).rendered()
      for x in 0..<sheet.width {
        for y in Array(0..<12) + Array(sheet.height - 12..<sheet.height) {
          #expect(sheet[x, y] == .white)
        }
      }
      for y in 0..<sheet.height {
        for x in Array(0..<12) + Array(sheet.width - 12..<sheet.width) {
          #expect(sheet[x, y] == .white)
        }
      }
    }
  }

  @Test("text is dark on white, and different texts look different")
  func text() throws {
    let one = try Self.grid(caption: "a cat").rendered()
    let other = try Self.grid(caption: "a dog").rendered()
    #expect((one.width, one.height) == (other.width, other.height))
    #expect(one != other)
    #expect(one.contains { $0 == .init(38, 38, 42) })
  }

  @Test("a taller caption pushes its row down, up to the line limit")
  func captions() throws {
    let short = try Self.grid(caption: "a").rendered().height
    let long = try Self.grid(caption: String(repeating: "word ", count: 40)).rendered().height
    let longest = try Self.grid(caption: String(repeating: "word ", count: 4000)).rendered().height
    #expect(short < long)
    #expect(longest == short + 2 * 5 * 15)
  }

  @Test("an empty grid, missing labels and rows of different lengths are drawn")
  func odd() throws {
    _ = try ImageGrid(columns: [], rows: []).rendered()
    let image = Fixture.picture(width: 40, height: 20)
    let small = Fixture.picture(width: 10, height: 30)
    let sheet = try ImageGrid(
      columns: ["one"],
      rows: [.init(caption: "", images: [image, nil, small]), .init(caption: "x", images: [])]
    ).rendered()
    #expect(sheet.contains(image) && sheet.contains(small))
  }

  @Test("the size is known before there are images", arguments: [(64, 1), (300, 4), (512, 4)])
  func size(size: Int, columns: Int) throws {
    let grid = Self.grid(caption: "a cat", size: size, columns: columns)
    let rows = grid.rows.map {
      ImageGrid.Row(caption: $0.caption, images: $0.images.map { _ in nil })
    }
    let empty = ImageGrid(
      title: grid.title, columns: grid.columns, rows: rows, emptyCell: (size, size))
    let sheet = try grid.rendered()
    #expect(try empty.size() == (sheet.width, sheet.height))
    let message = Fixture.message { _ = try empty.size(maximalPixels: 1000) }
    #expect(message.hasPrefix("the grid would have \(sheet.width)x\(sheet.height) pixels"))
  }

  @Test("labels stand below their images, take two lines at most, and move nothing sideways")
  func labels() throws {
    let images = [Fixture.picture(width: 64, height: 64), nil]
    func sheet(_ labels: [String]) throws -> RGBImage {
      try ImageGrid(columns: [], rows: [.init(caption: "", images: images, labels: labels)])
        .rendered()
    }
    let bare = try sheet([])
    let one = try sheet(["5.21", "4.8"])
    let two = try sheet([String(repeating: "word ", count: 40)])
    #expect(try sheet(["", ""]) == bare)
    #expect((one.width, one.height) == (bare.width, bare.height + 15 + 3))
    #expect((two.width, two.height) == (bare.width, bare.height + 2 * 15 + 3))
    // Above the labels nothing has changed.
    let kept = bare.height - 14
    #expect(
      one.cropped(x: 0, y: 0, width: one.width, height: kept)
        == bare.cropped(x: 0, y: 0, width: bare.width, height: kept))
    #expect(one != two)
  }

  @Test("a grid above the limit is refused")
  func limit() {
    #expect(
      Fixture.message { _ = try Self.grid(caption: "a").rendered(maximalPixels: 1000) }
        == "the grid would have 308x258 pixels, and at most 1000 are drawn; show fewer rows or "
        + "columns, or smaller images")
  }
}

extension RGBImage {
  /// Whether `part` is somewhere in this image, pixel by pixel.
  fileprivate func contains(_ part: RGBImage) -> Bool {
    guard part.width <= width, part.height <= height else { return false }
    for y in 0...height - part.height {
      for x in 0...width - part.width where self[x, y] == part[0, 0] && self[x + 1, y] == part[1, 0]
      {
        if cropped(x: x, y: y, width: part.width, height: part.height) == part { return true }
      }
    }
    return false
  }

  fileprivate func contains(where matches: (Colour) -> Bool) -> Bool {
    (0..<height).contains { y in (0..<width).contains { x in matches(self[x, y]) } }
  }
}
