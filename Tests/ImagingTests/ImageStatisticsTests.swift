import Foundation
import Imaging
import Testing

@Suite("Image statistics")
struct ImageStatisticsTests {
  struct Case: Decodable {
    let width: Int
    let height: Int
    let pixels: Data
    let expected: ImageStatistics
  }

  @Test("every number is numpy's to 1e-12")
  func reference() throws {
    let cases: [Case] = try Fixture.json("statistics.json")
    #expect(cases.count == 4)
    for test in cases {
      let image = RGBImage(width: test.width, height: test.height, pixels: Array(test.pixels))
      let found = ImageStatistics(of: image)
      for (name, number) in Self.numbers {
        #expect(abs(number(found) - number(test.expected)) < 1e-12, "\(name)")
      }
    }
  }

  @Test("a flat image has no contrast, edges or entropy", arguments: [0, 15, 16, 255] as [UInt8])
  func flat(level: UInt8) {
    let image = RGBImage(width: 5, height: 4, filledWith: .init(level, level, level))
    let statistics = ImageStatistics(of: image)
    #expect(abs(statistics.brightness - Double(level) / 255) < 1e-15)
    #expect(statistics.contrast == 0)
    #expect(statistics.saturation == 0)
    #expect(statistics.edgeDensity == 0)
    #expect(statistics.colourEntropy == 0)
    #expect(statistics.nearBlackFraction == (level < 16 ? 1 : 0))
  }

  @Test("half black and half white has the largest contrast, an edge two pixels wide, and one bit")
  func step() {
    let row = Array(repeating: 0 as UInt8, count: 12) + Array(repeating: 255, count: 12)
    let image = RGBImage(width: 8, height: 3, pixels: row + row + row)
    let statistics = ImageStatistics(of: image)
    #expect(statistics.brightness == 0.5)
    #expect(statistics.contrast == 0.5)
    #expect(statistics.edgeDensity == 0.25)
    #expect(statistics.nearBlackFraction == 0.5)
    #expect(statistics.colourEntropy == 1)
  }

  @Test("the mean is taken number by number, and there is none of nothing")
  func mean() throws {
    let black = ImageStatistics(of: RGBImage(width: 2, height: 2, filledWith: .black))
    let red = ImageStatistics(of: RGBImage(width: 2, height: 2, filledWith: .init(255, 0, 0)))
    let mean = try #require(ImageStatistics.mean(of: [black, red]))
    for (_, number) in Self.numbers { #expect(number(mean) == (number(black) + number(red)) / 2) }
    #expect(mean.saturation == 0.5)
    #expect(ImageStatistics.mean(of: []) == nil)
  }

  private static var numbers: [(String, (ImageStatistics) -> Double)] {
    [
      ("brightness", \.brightness), ("contrast", \.contrast), ("saturation", \.saturation),
      ("edge density", \.edgeDensity), ("near-black fraction", \.nearBlackFraction),
      ("colour entropy", \.colourEntropy),
    ]
  }
}
