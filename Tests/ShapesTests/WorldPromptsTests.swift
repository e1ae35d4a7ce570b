import Foundation
import Shapes
import Testing

@Suite("Prompts to train on, to decide by and to report on")
struct WorldPromptsTests {
  private static let seeds: [UInt64] = [0, 1, 2, 3, 4]

  @Test("the splits have the promised sizes", arguments: seeds)
  func sizes(_ seed: UInt64) {
    let resolution = WorldPrompts.resolution(seed: seed)
    #expect([resolution.train, resolution.dev, resolution.test].map(\.count) == [48, 16, 48])
    let alignment = WorldPrompts.alignment(seed: seed)
    #expect([alignment.train, alignment.dev, alignment.test].map(\.count) == [64, 16, 48])
  }

  @Test("no prompt comes twice, in whatever order it names its figures", arguments: seeds)
  func disjoint(_ seed: UInt64) {
    for splits in [WorldPrompts.resolution(seed: seed), .alignment(seed: seed)] {
      let prompts = (splits.train + splits.dev + splits.test).map { prompt in
        prompt.components(separatedBy: " and ").sorted().joined(separator: " and ")
      }
      #expect(Set(prompts).count == prompts.count)
    }
  }

  @Test("test names six pairs of colour and shape that train and dev do not", arguments: seeds)
  func unseen(_ seed: UInt64) throws {
    for splits in [WorldPrompts.resolution(seed: seed), .alignment(seed: seed)] {
      let known = Set(
        try (splits.train + splits.dev).flatMap { try Request(parsing: $0).items })
      let unknown = Set(try splits.test.flatMap { try Request(parsing: $0).items })
        .subtracting(known)
      #expect(unknown.count >= 6)
      #expect(Set(unknown.compactMap(\.color)).count == 6)
      #expect(Set(unknown.compactMap(\.shape)).count == 6)
    }
  }

  @Test("prompts of resolution name one figure, a quarter of alignment's two", arguments: seeds)
  func pairs(_ seed: UInt64) throws {
    let resolution = WorldPrompts.resolution(seed: seed)
    let alignment = WorldPrompts.alignment(seed: seed)
    for (splits, share) in [(resolution, 0), (alignment, 0.25)] {
      for prompts in [splits.train, splits.dev, splits.test] {
        let requests = try prompts.map { try Request(parsing: $0) }
        let pairs = requests.filter { $0.items.count == 2 }.count
        #expect(Double(pairs) == share * Double(prompts.count))
        #expect(requests.allSatisfy { $0.relation == nil && $0.items.count <= 2 })
      }
    }
    let styled = try alignment.test.map { try Request(parsing: $0) }.filter { $0.style != nil }
    #expect(styled.count == 36)
  }

  @Test("the splits follow from the seed")
  func seeded() {
    #expect(WorldPrompts.resolution(seed: 4) == .resolution(seed: 4))
    #expect(WorldPrompts.resolution(seed: 4) != .resolution(seed: 5))
  }
}
