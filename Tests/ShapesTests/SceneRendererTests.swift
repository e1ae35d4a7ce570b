import Imaging
import RAFT
import Shapes
import Testing

@Suite("Drawing scenes")
struct SceneRendererTests {
  /// A figure in the middle of a white picture.
  private func scene(_ shape: Shape, _ style: Style = .solid, radius: Double = 0.3) -> Scene {
    Scene([Figure(.blue, shape, x: 0.5, y: 0.47, radius: radius)], style: style)
  }

  /// How much of each pixel is covered, by how far its red sample is from the background's.
  private func coverage(of image: RGBImage) -> [Double] {
    let ground = Double(image[0, 0].red)
    let figure = Double(Color.blue.rgb.x) * 255
    return stride(from: 0, to: image.pixels.count, by: 3).map {
      (Double(image.pixels[$0]) - ground) / (figure - ground)
    }
  }

  @Test("a solid figure covers its shape's area within 2 %", arguments: Shape.allCases)
  func area(_ shape: Shape) {
    let exact: [Shape: Double] = [
      .circle: .pi, .square: 1.76 * 1.76, .triangle: 1.8,
      .star: 5 * 0.45 * 0.5877852522924731, .cross: 2.31, .heart: 180 * .pi / (17 * 17),
    ]
    let image = SceneRenderer(size: 256).image(of: scene(shape))
    let area = coverage(of: image).reduce(0, +) / (0.3 * 256 * 0.3 * 256)
    #expect(abs(area / (exact[shape] ?? 0) - 1) < 0.02)
  }

  @Test(
    "a border is 0.16 radii wide, and leaves the middle free", arguments: [Shape.circle, .square])
  func outlined(_ shape: Shape) {
    let exact = shape == .circle ? Double.pi * (1 - 0.84 * 0.84) : 1.76 * 1.76 - 1.44 * 1.44
    let image = SceneRenderer(size: 256).image(of: scene(shape, .outlined))
    let area = coverage(of: image).reduce(0, +) / (0.3 * 256 * 0.3 * 256)
    #expect(abs(area / exact - 1) < 0.02)
    #expect(image[128, 120] == image[0, 0])
  }

  @Test(
    "stripes take half of a figure, dots a smaller part, pastel all of it",
    arguments: [(Style.striped, 0.4...0.6), (.dotted, 0.2...0.4), (.pastel, 0.0...0.01)])
  func patterns(_ style: Style, share: ClosedRange<Double>) {
    let image = SceneRenderer(size: 256).image(of: scene(.square, style))
    let full = Color.blue.rgb * 255
    let colored = coverage(of: image).filter { $0 > 0.1 }.count
    let pure = stride(from: 0, to: image.pixels.count, by: 3).filter {
      abs(Float(image.pixels[$0]) - full.x) < 20
    }
    #expect(share.contains(Double(pure.count) / Double(colored)))
  }

  @Test("nothing is drawn outside of the square around a figure", arguments: Shape.allCases)
  func outside(_ shape: Shape) {
    for style in Style.allCases {
      let image = SceneRenderer(size: 96).image(of: scene(shape, style, radius: 0.2))
      for y in 0..<96 {
        for x in 0..<96
        where abs(Double(x) + 0.5 - 48) > 20.2 || abs(Double(y) + 0.5 - 45.12) > 20.2 {
          #expect(image[x, y] == image[0, 0])
        }
      }
    }
  }

  @Test("a scene looks the same at two sizes", arguments: 0..<20)
  func sizes(_ seed: UInt64) {
    var generator = SplitMix64(seed: seed)
    let scene = SceneSampler().scene(using: &generator)
    let small = SceneRenderer(size: 128).image(of: scene)
    let large = SceneRenderer(size: 256).image(of: scene)
    var total = 0.0
    for y in 0..<128 {
      for x in 0..<128 {
        let four = [(0, 0), (1, 0), (0, 1), (1, 1)].map { large[2 * x + $0.0, 2 * y + $0.1] }
        let mean = four.reduce(0.0) { $0 + Double($1.green) } / 4
        total += abs(mean - Double(small[x, y].green))
      }
    }
    #expect(total / (128 * 128) < 0.5)
  }

  @Test("a picture follows from its scene alone, at any size", arguments: [32, 33, 128, 1024])
  func deterministic(size: Int) {
    var generator = SplitMix64(seed: 5)
    let scene = SceneSampler().scene(using: &generator)
    let renderer = SceneRenderer(size: size)
    let image = renderer.image(of: scene)
    #expect(image.width == size && image.height == size)
    #expect(renderer.image(of: scene) == image)
    #expect(SceneRenderer(size: size).image(of: scene) == image)
  }

  @Test("a figure that reaches over the picture's edge is cut off there")
  func cutOff() {
    let scene = Scene([Figure(.red, .circle, x: 0.02, y: 0.98, radius: 0.2)], on: .black)
    let image = SceneRenderer(size: 64).image(of: scene)
    #expect(image[0, 63] == RGBImage.Colour(222, 33, 33))
    #expect(image[63, 0] == RGBImage.Colour(20, 20, 20))
  }
}
