import Shapes
import Testing

@Suite("Reading prompts")
struct RequestParsingTests {
  private static let refusals: [(String, String)] = [
    (
      "a red zebra",
      "cannot understand “zebra” in the prompt “a red zebra”; expected a size, style, colour or "
        + "shape"
    ),
    (
      "a red blue circle",
      "cannot understand “blue” in the prompt “a red blue circle”; expected a size, style, colour "
        + "or shape"
    ),
    ("", "the prompt “” ends where a shape should follow"),
    ("a red", "the prompt “a red” ends where a shape should follow"),
    (
      "a circle on a pink background",
      "cannot understand “pink” in the prompt “a circle on a pink background”; expected a "
        + "background's colour"
    ),
    (
      "a circle on a white",
      "the prompt “a circle on a white” ends where “background” should follow"
    ),
    (
      "a circle beside a star",
      "cannot understand “beside” in the prompt “a circle beside a star”; expected “and”, a "
        + "relation, “in … style” or “on a … background”"
    ),
    (
      "a circle, a star, a heart and a cross",
      "the prompt “a circle, a star, a heart and a cross” names 4 figures; a scene has at most 3"
    ),
    (
      "a circle above a star and a heart",
      "the prompt “a circle above a star and a heart” says where one of three figures is; only "
        + "two can have a relation"
    ),
    (
      "a striped circle and a dotted star",
      "the prompt “a striped circle and a dotted star” asks for striped and dotted; all figures "
        + "of a scene share one style"
    ),
    (
      "a circle on a white background on a black background",
      "the prompt “a circle on a white background on a black background” asks for a white and a "
        + "black background; a scene has one"
    ),
  ]

  private static let prompts: [(String, Request)] = [
    ("a red circle", Request([.init(.red, .circle)])),
    ("Red Circle.", Request([.init(.red, .circle)])),
    ("an orange disc", Request([.init(.orange, .circle)])),
    ("a circle", Request([.init(nil, .circle)])),
    ("a tiny violet plus", Request([.init(.purple, .cross)])),
    ("a drawing of a big blue box", Request([.init(.blue, .square)])),
    ("image of a green thing", Request([.init(.green, nil)])),
    (
      "an outline heart on a dark background",
      Request([.init(nil, .heart)], style: .outlined, background: .black)
    ),
    ("dotted style red circle", Request([.init(.red, .circle)], style: .dotted)),
    ("red circle in dotted style", Request([.init(.red, .circle)], style: .dotted)),
    (
      "a striped shape in striped style on gray background",
      Request([.init(nil, nil)], style: .striped, background: .grey)
    ),
    (
      "a red circle to the left of a green square",
      Request([.init(.red, .circle), .init(.green, .square)], relation: .leftOf)
    ),
    (
      "a pastel star below a heart",
      Request([.init(nil, .star), .init(nil, .heart)], relation: .below, style: .pastel)
    ),
    (
      "a red circle,a blue star , and a green cross",
      Request([.init(.red, .circle), .init(.blue, .star), .init(.green, .cross)])
    ),
  ]

  @Test(
    "a prompt is understood in whatever words the grammar has",
    arguments: Self.prompts)
  func understood(_ prompt: String, _ expected: Request) throws {
    #expect(try Request(parsing: prompt) == expected)
  }

  @Test(
    "a prompt that is not understood says where",
    arguments: Self.refusals)
  func refused(_ prompt: String, _ message: String) {
    let error = #expect(throws: ShapesError.self) { try Request(parsing: prompt) }
    #expect(error?.description == message)
  }

  @Test("a request is fulfilled by its figures in whatever order, and by no others")
  func fulfilled() throws {
    let red = Figure(.red, .circle, x: 0.3, y: 0.6, radius: 0.15)
    let blue = Figure(.blue, .star, x: 0.7, y: 0.5, radius: 0.15)
    let scene = Scene([red, blue], on: .black, style: .striped)
    for (prompt, isFulfilled) in [
      ("a blue star and a red circle", true), ("a thing and a red thing", true),
      ("a blue star right of a shape", true), ("a striped circle and a star", true),
      ("a red circle above a blue star", false), ("a red circle", false),
      ("a blue circle and a red star", false), ("a red thing and a red shape", false),
      ("a dotted circle and a star", false), ("a circle and a star on a white background", false),
      ("a circle, a star and a thing", false),
    ] {
      #expect(try Request(parsing: prompt).isFulfilled(by: scene) == isFulfilled, "\(prompt)")
    }
  }
}
