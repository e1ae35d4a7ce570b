import Foundation
import Imaging
import Testing

@Suite("Resampling")
struct ResamplingTests {
  struct Table: Decodable {
    struct Case: Decodable {
      let filter: String
      let width: Int
      let height: Int
      let box: [Float]?
      let pixels: Data
    }
    let width: Int
    let height: Int
    let pixels: Data
    let cases: [Case]
  }

  struct Shortest: Decodable {
    let width: Int
    let height: Int
    let pixels: Data
    let edge: Int
    let crop: Int
    let expected: Data
  }

  @Test("resizing gives Pillow's bytes", arguments: ResamplingFilter.allCases)
  func reference(filter: ResamplingFilter) throws {
    let table: Table = try Fixture.json("resampling.json")
    let image = RGBImage(width: table.width, height: table.height, pixels: Array(table.pixels))
    let cases = table.cases.filter { $0.filter == filter.rawValue }
    #expect(cases.count == 22)
    for test in cases {
      let region = test.box.map {
        RGBImage.Region(left: $0[0], top: $0[1], right: $0[2], bottom: $0[3])
      }
      let result = image.resized(
        width: test.width, height: test.height, filter: filter, region: region)
      #expect(
        result.pixels == Array(test.pixels), "\(test.width)x\(test.height) of \(test.box ?? [])")
    }
  }

  @Test("the shortest edge and the middle are transformers'")
  func shortestEdge() throws {
    for test in try Fixture.json("shortest-edge.json", as: [Shortest].self) {
      let image = RGBImage(width: test.width, height: test.height, pixels: Array(test.pixels))
      let result = image.resized(shortestEdge: test.edge)
        .centerCropped(width: test.crop, height: test.crop)
      #expect(
        result.pixels == Array(test.expected), "\(test.width)x\(test.height) to \(test.edge)")
    }
  }

  @Test("a constant image stays as it is", arguments: ResamplingFilter.allCases)
  func constant(filter: ResamplingFilter) {
    let image = RGBImage(width: 13, height: 9, filledWith: .init(1, 128, 255))
    let result = image.resized(width: 40, height: 5, filter: filter)
    #expect(result == RGBImage(width: 40, height: 5, filledWith: .init(1, 128, 255)))
  }

  @Test("the same size is the same image", arguments: ResamplingFilter.allCases)
  func identity(filter: ResamplingFilter) {
    let image = Fixture.picture(width: 12, height: 7)
    #expect(image.resized(width: 12, height: 7, filter: filter) == image)
  }

  @Test("cropping takes the pixels that it names")
  func crop() {
    let image = Fixture.picture(width: 9, height: 8)
    let part = image.cropped(x: 2, y: 3, width: 4, height: 5)
    #expect((part.width, part.height) == (4, 5))
    #expect(part[0, 0] == image[2, 3])
    #expect(part[3, 4] == image[5, 7])
  }

  @Test("statistics tell flat and black images from others")
  func statistics() {
    let picture = Fixture.picture(width: 16, height: 16).statistics
    #expect(!picture.isNearlyConstant() && !picture.isNearlyBlack())
    let grey = RGBImage(width: 5, height: 5, filledWith: .init(9, 8, 7)).statistics
    #expect(grey.isNearlyConstant() && !grey.isNearlyBlack())
    #expect(grey.mean == [9, 8, 7])
    #expect(RGBImage(width: 5, height: 5, filledWith: .black).statistics.isNearlyBlack())
  }
}
