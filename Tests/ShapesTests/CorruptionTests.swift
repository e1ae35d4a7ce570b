import Imaging
import RAFT
import Shapes
import Testing

@Suite("Spoiling pictures")
struct CorruptionTests {
  private let picture = SceneRenderer(size: 64).image(
    of: Scene([
      Figure(.red, .circle, x: 0.3, y: 0.3, radius: 0.2),
      Figure(.blue, .square, x: 0.7, y: 0.7, radius: 0.2),
    ]))

  private func spoilt(_ corruption: Corruption, _ severity: Double, seed: UInt64 = 3) -> RGBImage {
    var random = SplitMix64(seed: seed)
    return corruption.applied(to: picture, severity: severity, using: &random)
  }

  /// The mean difference of samples, 0…255.
  private func distance(_ one: RGBImage, _ other: RGBImage) -> Double {
    let sum = zip(one.pixels, other.pixels).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
    return Double(sum) / Double(one.pixels.count)
  }

  @Test(
    "a spoilt picture has the size of the picture, and follows from the seed",
    arguments: Corruption.allCases)
  func reproducible(_ corruption: Corruption) {
    let image = spoilt(corruption, 0.6)
    #expect(image.width == 64 && image.height == 64)
    #expect(image == spoilt(corruption, 0.6))
    #expect(image != picture)
  }

  @Test(
    "what leaves everything in its place does so more at a higher severity",
    arguments: [Corruption.blurred, .noisy, .lowContrast, .desaturated])
  func severity(_ corruption: Corruption) {
    let distances = [0.1, 0.5, 1].map { distance(spoilt(corruption, $0), picture) }
    #expect(distances[0] > 0)
    #expect(distances[0] < distances[1] && distances[1] < distances[2])
  }

  @Test("without colour, red, green and blue are alike")
  func desaturated() {
    let pixels = spoilt(.desaturated, 1).pixels
    for start in stride(from: 0, to: pixels.count, by: 3) {
      #expect(Set(pixels[start..<start + 3]).count == 1)
    }
  }

  @Test(
    "tiles repeat after half of the picture, or after a third", arguments: [(0.3, 32), (0.9, 21)])
  func tiled(_ severity: Double, period: Int) {
    let image = spoilt(.tiled, severity)
    for place in 0..<period { #expect(image[place, 5] == image[place + period, 5]) }
  }

  @Test("a severity beyond 0…1 counts as its end", arguments: Corruption.allCases)
  func clamped(_ corruption: Corruption) {
    #expect(spoilt(corruption, 7) == spoilt(corruption, 1))
    #expect(spoilt(corruption, -7) == spoilt(corruption, 0))
  }

  @Test("a picture of one pixel can be spoilt", arguments: Corruption.allCases)
  func onePixel(_ corruption: Corruption) {
    var random = SplitMix64(seed: 1)
    let pixel = RGBImage(width: 1, height: 1, filledWith: .black)
    let image = corruption.applied(to: pixel, severity: 1, using: &random)
    #expect(image.width == 1 && image.height == 1)
  }
}
