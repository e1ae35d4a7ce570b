import CLIPReward
import TestSupport
import Testing

@Suite("The options of a mixture")
struct MixturePlanTests {
  @Test(
    "name rewards, weights and names of their own",
    arguments: [
      ("clip", "clip", .builtIn("clip"), nil), ("clip:0.5", "clip", .builtIn("clip"), 0.5),
      ("clip:-1e-1", "clip", .builtIn("clip"), -0.1),
      (
        "jpeg-size:incompressible", "jpeg-size:incompressible",
        .builtIn("jpeg-size:incompressible"), nil
      ),
      ("aesthetic:a.pth:2", "aesthetic:a.pth", .builtIn("aesthetic:a.pth"), 2),
      ("ava=aesthetic:a.pth", "ava", .builtIn("aesthetic:a.pth"), nil),
      ("command:./a.py --port 8:5", "command", .command("./a.py --port 8:5"), nil),
      ("command:a=b", "command", .command("a=b"), nil),
      ("sharp=command:a b=c", "sharp", .command("a b=c"), nil),
      ("http://h:80/s?x=1", "http", .address("http://h:80/s?x=1"), nil),
      ("far_1=https://h", "far_1", .address("https://h"), nil),
    ] as [(String, String, RewardTerm.Source, Double?)])
  func terms(_ text: String, _ name: String, _ source: RewardTerm.Source, _ weight: Double?) throws
  {
    let term = try RewardTerm(parsing: text)
    #expect(term.name == name)
    #expect(term.source == source)
    #expect(term.weight == weight)
  }

  @Test(
    "refuse what is none",
    arguments: [
      ("", "\"\" is no reward: it names none"),
      ("command: ", "\"command: \" is no reward: write a program after command:"),
      ("http:/x", "\"http:/x\" is no reward: an address begins with http:// or https://"),
      ("clip:inf", "\"clip:inf\" is no reward: a weight is a finite number"),
    ])
  func badTerms(_ text: String, _ reason: String) {
    #expect(message { try RewardTerm(parsing: text) } == reason)
  }

  @Test("give no reward the name of the combination", arguments: ["mixture", "mixed"])
  func reserved(_ name: String) {
    #expect(
      message { try plan(["\(name)=clip"]) }
        == "no reward may be called \(name): results call the combination of rewards so; choose "
        + "another name")
  }

  @Test("read weights by name")
  func weights() throws {
    let weight = try WeightAssignment(parsing: "sharp = -0.5")
    #expect(weight.component == "sharp" && weight.weight == -0.5)
    for (text, reason) in [
      ("1", "no reward is named before ="), ("=1", "no reward is named before ="),
      ("a=b", "after = stands no number"), ("a=inf", "after = stands no number"),
    ] {
      #expect(
        message { try WeightAssignment(parsing: text) }
          == "\"\(text)\" is no weight: \(reason); write NAME=NUMBER, such as clip=0.5")
    }
  }

  private func plan(
    _ terms: [String], _ weights: [String] = [], _ scale: ScoreScale? = nil, floors: [String] = []
  ) throws -> MixturePlan {
    try MixturePlan(
      terms: terms.map { try RewardTerm(parsing: $0) },
      weights: weights.map { try WeightAssignment(parsing: $0) }, scale: scale,
      floors: floors.map { try ScoreFloor(parsing: $0) })
  }

  @Test("take one reward as it is, and several by z-scores unless told otherwise")
  func defaults() throws {
    #expect(try plan(["clip"]).isPlain)
    #expect(try !plan(["clip:2"]).isPlain)
    #expect(try !plan(["clip"], floors: ["clip>=0"]).isPlain)
    let mixed = try plan(["clip", "aesthetic:0.5", "jpeg-size:3"], ["jpeg-size=0"]).mixture
    #expect(mixed.scale == .zScore && mixed.scope == .round)
    #expect(mixed.components.map(\.weight) == [1, 0.5, 0])
    #expect(try plan(["clip", "aesthetic"], [], .raw).mixture.scale == .raw)
  }

  @Test("that do not fit each other are refused")
  func refused() {
    #expect(
      message { try plan(["clip", "clip:2"]) }
        == "two rewards are called clip; name them apart, as in clip2=clip:…")
    #expect(
      message { try plan(["clip"], ["clap=1"]) }
        == "--weight names clap, which is none of the rewards clip")
    #expect(
      message { try plan(["clip", "aesthetic"], floors: ["clap>=1"]) }
        == "--floor names clap, which is none of the rewards clip, aesthetic")
    #expect(
      message { try plan(["clip:0"]) } == "every weight of clip is 0; one of them must count")
  }
}
