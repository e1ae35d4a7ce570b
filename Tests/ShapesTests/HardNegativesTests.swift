import RAFT
import Shapes
import Testing

@Suite("Captions that are nearly right")
struct HardNegativesTests {
  @Test("one attribute of one figure is swapped")
  func swapped() {
    var generator = SplitMix64(seed: 1)
    for _ in 0..<300 {
      let scene = SceneSampler().scene(using: &generator)
      let other = HardNegatives().swappingOneAttribute(of: scene, using: &generator)
      let changes = zip(scene.figures, other.figures).map { one, other in
        (one.color == other.color ? 0 : 1) + (one.shape == other.shape ? 0 : 1)
      }
      #expect(changes.reduce(0, +) == 1)
      #expect(other.background == scene.background && other.style == scene.style)
    }
  }

  @Test("colours are exchanged between figures of different colour and shape, or not at all")
  func exchanged() {
    let red = Figure(.red, .circle, x: 0.3, y: 0.3, radius: 0.15)
    let blue = Figure(.blue, .star, x: 0.7, y: 0.7, radius: 0.15)
    let other = HardNegatives().exchangingColors(of: Scene([red, blue]))
    #expect(other?.figures.map(\.color) == [.blue, .red])
    #expect(other?.figures.map(\.shape) == [.circle, .star])

    let redStar = Figure(.red, .star, x: 0.7, y: 0.7, radius: 0.15)
    #expect(HardNegatives().exchangingColors(of: Scene([red, redStar])) == nil)
    #expect(HardNegatives().exchangingColors(of: Scene([blue, redStar])) == nil)
    #expect(HardNegatives().exchangingColors(of: Scene([red])) == nil)
    #expect(
      HardNegatives().exchangingColors(of: Scene([redStar, red, blue]))?.figures.map(\.color)
        == [.red, .blue, .red])
  }

  @Test("the right caption is true of its scene, the wrong ones are false and hardly differ")
  func captions() throws {
    var generator = SplitMix64(seed: 2)
    var (swaps, exchanges) = (0, 0)
    for _ in 0..<2000 {
      let scene = SceneSampler().scene(using: &generator)
      let captions = try HardNegatives().captions(of: scene, using: &generator)
      #expect(try Request(parsing: captions.right).isFulfilled(by: scene))
      let right = words(captions.right)
      if let swapped = captions.swapped.map(words) {
        swaps += 1
        #expect(
          try Request(parsing: swapped.joined(separator: " ")).isFulfilled(by: scene) == false)
        #expect(zip(right, swapped).filter { $0 != $1 }.count == 1 && right.count == swapped.count)
      }
      if let exchanged = captions.exchanged.map(words) {
        exchanges += 1
        #expect(
          try Request(parsing: exchanged.joined(separator: " ")).isFulfilled(by: scene) == false)
        #expect(right.count == exchanged.count)
        #expect(zip(right, exchanged).filter { $0 != $1 }.count == 2)
      }
    }
    #expect(swaps > 1500)
    #expect(exchanges > 300)
  }

  /// The words but for "a" and "an", which go with the word that follows.
  private func words(_ caption: String) -> [String] {
    caption.split(separator: " ").map(String.init).map { $0 == "an" ? "a" : $0 }
  }
}
