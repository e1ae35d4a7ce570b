import Imaging
import RAFT
import Shapes
import Testing

@Suite("The oracle")
struct OracleTests {
  private let oracle = Oracle()

  private static let circle = Figure(.red, .circle, x: 0.3, y: 0.4, radius: 0.2)
  private static let star = Figure(.blue, .star, x: 0.75, y: 0.6, radius: 0.16)

  private func verdict(_ scene: Scene, size: Int = 128, asked prompt: String) throws -> Verdict {
    oracle.verdict(
      on: SceneRenderer(size: size).image(of: scene), asked: try Request(parsing: prompt))
  }

  @Test(
    "sees where figures are, and how large",
    arguments: [64, 128, 256, 512], Shape.allCases)
  func place(size: Int, shape: Shape) throws {
    let figure = Figure(.green, shape, x: 0.42, y: 0.55, radius: 0.21)
    let seen = oracle.observation(of: SceneRenderer(size: size).image(of: Scene([figure])))
    let found = try #require(seen.figures.first)
    #expect(seen.figures.count == 1 && seen.background == .white && seen.abstention == nil)
    #expect(found.shape == shape && found.color == .green && !found.touchesBorder)
    #expect(abs(found.x - 0.42) < 0.01 && abs(found.y - 0.55) < 0.01)
    #expect(abs(found.radius - 0.21) < 0.012)
  }

  @Test("knows every colour on every background in every style", arguments: Style.allCases)
  func colors(style: Style) {
    for background in Background.allCases {
      for color in Color.allCases {
        let figure = Figure(color, .square, x: 0.5, y: 0.5, radius: 0.2)
        let scene = Scene([figure], on: background, style: style)
        let seen = oracle.observation(of: SceneRenderer(size: 128).image(of: scene))
        #expect(seen.figures.map(\.color) == [color], "\(color) on \(background)")
        #expect(seen.background == background)
      }
    }
  }

  @Test(
    "says in words what is wrong",
    arguments: [
      ("a red circle and a blue star", "right"),
      ("a red circle left of a blue star", "right"),
      ("a blue star and a red circle", "right"),
      ("a red shape and a blue thing", "right"),
      ("a red circle", "2 objects, 1 asked"),
      (
        "a red square and a blue star",
        "a red circle and a blue star, not a red square and a blue star"
      ),
      (
        "a blue circle and a red star",
        "a red circle and a blue star, not a blue circle and a red star"
      ),
      ("a red circle right of a blue star", "a red circle is not right of a blue star"),
      ("a red circle above a blue star", "a red circle is not above a blue star"),
      ("a red circle and a blue star on a black background", "on white, not on black"),
    ])
  func words(prompt: String, said: String) throws {
    let verdict = try verdict(Scene([Self.circle, Self.star]), asked: prompt)
    #expect(verdict.description == said)
  }

  @Test("calls what leaves the picture cut off", arguments: Style.allCases)
  func cutOff(style: Style) throws {
    let figure = Figure(.blue, .square, x: 0.12, y: 0.5, radius: 0.2)
    #expect(try verdict(Scene([figure], style: style), asked: "a blue square") == .wrong(.cutOff))
  }

  @Test("takes two figures that touch for none that it knows")
  func touching() throws {
    let other = Figure(.red, .circle, x: 0.62, y: 0.4, radius: 0.2)
    let verdict = try verdict(Scene([Self.circle, other]), asked: "a red circle and a red circle")
    #expect(verdict == .wrong(.count(1, asked: 2)))
  }

  @Test("lets nothing larger than a speck lie beside the figures")
  func stray() throws {
    let bit = Figure(.red, .circle, x: 0.8, y: 0.8, radius: 0.045)
    #expect(try verdict(Scene([Self.circle, bit]), asked: "a red circle") == .wrong(.stray))
  }

  @Test("sees nothing in an empty picture")
  func nothing() throws {
    #expect(try verdict(Scene([]), asked: "a red circle") == .wrong(.nothing))
  }

  @Test("abstains from pictures in which nothing can be told")
  func tooSmall() {
    let image = RGBImage(width: 47, height: 64, filledWith: .white)
    let verdict = oracle.verdict(on: image, asked: Request([.init(nil, nil)]))
    #expect(verdict == .abstained(.tooSmall))
    #expect(verdict.description == "the picture is too small")
  }

  /// The left half of one picture beside the right half of another.
  private static func halves(_ left: RGBImage, _ right: RGBImage) -> RGBImage {
    var pixels = left.pixels
    for index in pixels.indices where index / 3 % left.width >= left.width / 2 {
      pixels[index] = right.pixels[index]
    }
    return RGBImage(width: left.width, height: left.height, pixels: pixels)
  }

  /// Pictures that cannot be judged, each for another reason.
  private static let unclear: [(RGBImage, Abstention)] = {
    let renderer = SceneRenderer(size: 128)
    func picture(_ figures: [Figure], on background: Background = .white) -> RGBImage {
      renderer.image(of: Scene(figures, on: background))
    }
    func circle(_ color: Color, x: Double = 0.5, y: Double = 0.5) -> Figure {
      Figure(color, .circle, x: x, y: y, radius: 0.25)
    }
    let ground = RGBImage(width: 128, height: 128, filledWith: .init(60, 200, 90))
    return [
      (halves(picture([]), picture([], on: .black)), .noFlatBackground),
      (ground, .unknownBackground),
      (picture([circle(.red)]).blurred(by: 24), .blurred),
      (
        picture([circle(.red, x: 0.4, y: 0.4), Figure(.red, .square, x: 0.6, y: 0.6, radius: 0.2)]),
        .malformed
      ),
      (halves(picture([circle(.red)]), picture([circle(.blue)])), .mixedColors),
      (picture([circle(.red)]).desaturated(share: 1), .unknownColor),
    ]
  }()

  @Test("abstains from what is unlike this world, and says why", arguments: 0..<6)
  func unclear(_ index: Int) {
    let (image, reason) = Self.unclear[index]
    let verdict = oracle.verdict(on: image, asked: Request([.init(nil, nil)]))
    #expect(verdict == .abstained(reason))
    #expect(verdict.description == reason.rawValue && !verdict.isRight && verdict.isAbstention)
  }

  @Test("judges neither style nor size")
  func styleAndSize() throws {
    let scene = Scene([Self.circle])
    for prompt in ["a dotted red circle", "a tiny red circle", "a large red circle"] {
      #expect(try verdict(scene, asked: prompt) == .right)
    }
  }

  @Test("looks at pictures that are not square")
  func oblong() throws {
    let square = SceneRenderer(size: 128).image(of: Scene([Self.circle], on: .black))
    let edge = RGBImage(width: 72, height: 128, filledWith: square[0, 0])
    var pixels: [UInt8] = []
    for row in 0..<128 {
      pixels += square.pixels[384 * row..<384 * (row + 1)]
      pixels += edge.pixels[216 * row..<216 * (row + 1)]
    }
    let image = RGBImage(width: 200, height: 128, pixels: pixels)
    let seen = oracle.observation(of: image)
    #expect(seen.figures.map(\.shape) == [.circle])
    #expect(abs((seen.figures.first?.x ?? 0) - 0.3) < 0.01)
  }
}
