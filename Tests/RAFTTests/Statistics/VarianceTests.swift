import RAFT
import Testing

struct VarianceTests {
  private static let groups = [
    [1.2, 0.8, 1.1], [0.3, -0.1], [2.0, 1.4, 1.9, 1.7], [0.5], [0.9, 1.3],
  ]

  @Test("unequal groups give the components of the textbook's analysis of variance (numpy)")
  func components() throws {
    let components = try #require(VarianceComponents(Self.groups))
    #expect(abs(components.seedsPerPrompt - 2.2916666666666665) < 1e-12)
    #expect(try abs(#require(components.seed) - 0.06523809523809525) < 1e-12)
    #expect(abs(components.prompt - 0.41444155844155856) < 1e-12)
  }

  @Test("prompts that vary less than their seeds explain have no variance of their own")
  func truncated() throws {
    let components = try #require(VarianceComponents([[1, -1], [-1, 1], [1, -1]]))
    #expect(components.prompt == 0)
    #expect(components.seed == 2)
  }

  @Test("one seed a prompt does not tell seeds from prompts, and one prompt tells nothing")
  func oneSeed() throws {
    let components = try #require(VarianceComponents([[1], [2], [3]]))
    #expect(components.prompt == 1)
    #expect(components.seed == nil)
    #expect(VarianceComponents([[1, 2, 3]]) == nil)
    let needed = NeededSamples(effect: 1, components, promptCount: 3)
    #expect(needed.prompts == .total(10, more: 7))
    #expect(needed.seeds == .unknown)
  }

  @Test(
    "prompts for one-sample t tests of 80 % power are those of the tables (Cohen, 1988; G*Power)",
    arguments: [(0.2, 199), (0.5, 34), (0.8, 15), (1, 10)])
  func prompts(_ effect: Double, _ count: Int) throws {
    // Two prompts of one seed each whose variance is 1.
    let half = 0.5.squareRoot()
    let components = try #require(VarianceComponents([[half], [-half]]))
    #expect(abs(components.prompt - 1) < 1e-12)
    let needed = NeededSamples(effect: effect, components, promptCount: 2)
    #expect(needed.prompts == .total(count, more: count - 2))
  }

  @Test("seeds help only as far as the prompts' own variance leaves room")
  func seeds() throws {
    let none = try #require(VarianceComponents([[1, -1], [-1, 1], [1, -1]]))
    // 7.849 · 2/S + 1.921 prompts · effect²: with 10 prompts and an effect of 0.5, S = 7.77.
    #expect(NeededSamples(effect: 0.5, none, promptCount: 10).seeds == .total(8, more: 6))
    #expect(NeededSamples(effect: 5, none, promptCount: 10).seeds == .total(1, more: 0))
    let own = try #require(VarianceComponents(Self.groups))
    #expect(NeededSamples(effect: 0.2, own, promptCount: 20).seeds == .notReachable)
    #expect(NeededSamples(effect: 0.2, own, promptCount: 7).seeds == .notReachable)
    #expect(NeededSamples(effect: 0, own, promptCount: 20).prompts == .notReachable)
  }
}
