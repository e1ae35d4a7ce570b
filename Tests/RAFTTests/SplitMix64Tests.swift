import RAFT
import Testing

@Suite struct SplitMix64Tests {
  @Test("the sequence is that of the published algorithm")
  func reference() {
    // The first outputs for this seed of the reference implementation, splitmix64.c by Vigna.
    var generator = SplitMix64(seed: 1_234_567)
    let outputs = (0..<5).map { _ in generator.next() }
    #expect(
      outputs == [
        6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
        4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
      ])
  }

  @Test("an index is below its bound, and every one is as likely")
  func indices() {
    var generator = SplitMix64(seed: 1)
    var counts = [Int](repeating: 0, count: 7)
    for _ in 0..<70_000 { counts[generator.index(below: 7)] += 1 }
    // Five standard deviations of a binomial of 70,000 and 1/7.
    #expect(counts.allSatisfy { abs($0 - 10_000) < 465 })
  }

  @Test("what is drawn is never drawn twice, and is everything where there is no more")
  func draws() {
    var generator = SplitMix64(seed: 2)
    let some = generator.drawn(3, of: Array(0..<10))
    #expect(some.count == 3 && Set(some).count == 3)
    #expect(Set(generator.drawn(20, of: Array(0..<10))) == Set(0..<10))
    #expect(Set(generator.shuffled(Array(0..<10))) == Set(0..<10))
    #expect(generator.shuffled([Int]()).isEmpty)
  }

  @Test("a unit number is in 0..<1")
  func units() {
    var generator = SplitMix64(seed: 3)
    let units = (0..<10_000).map { _ in generator.unit() }
    #expect(units.allSatisfy { (0..<1).contains($0) })
    #expect(abs(units.reduce(0, +) / 10_000 - 0.5) < 0.015)
  }
}
