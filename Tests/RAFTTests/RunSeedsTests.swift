import RAFT
import Testing

@Suite struct RunSeedsTests {
  private let seeds = RunSeeds(run: 20_260)

  private func seed(_ split: Split, _ round: Int, _ prompt: Int, _ index: Int) -> UInt64 {
    seeds.seed(of: SampleAddress(split: split, round: round, prompt: prompt, index: index))
  }

  @Test("seeds of samples have 32 bits, and their highest tell the split")
  func splits() {
    for (round, prompt, index) in [(0, 0, 0), (1, 2, 3), (40, 399, 63)] {
      #expect(seed(.train, round, prompt, index) >> 31 == 0)
      #expect(seed(.dev, round, prompt, index) >> 30 == 0b10)
      #expect(seed(.test, round, prompt, index) >> 30 == 0b11)
    }
  }

  @Test("samples of a prompt have seeds one apart, and other rounds and prompts have others")
  func addresses() {
    let places = [(1, 0), (1, 1), (2, 0), (2, 1)]
    let firsts = places.map { seed(.train, $0.0, $0.1, 0) }
    #expect(Set(firsts).count == 4)
    #expect(seed(.train, 1, 0, 7) == (firsts[0] + 7) & 0x7FFF_FFFF)
  }

  @Test("rounds of dev share their noise, and those of train do not")
  func rounds() {
    #expect(seed(.dev, 1, 4, 2) == seed(.dev, 5, 4, 2))
    #expect(seed(.test, 0, 4, 2) == seed(.test, 5, 4, 2))
    #expect(seed(.train, 1, 4, 2) != seed(.train, 5, 4, 2))
  }

  @Test("another purpose, place or run has another seed")
  func purposes() {
    let others = [
      seeds.seed("order", 1), seeds.seed("order", 2), seeds.seed("selection", 1),
      seeds.seed("order", 1, 0), RunSeeds(run: 20_261).seed("order", 1),
    ]
    #expect(Set(others).count == others.count)
    #expect(seeds.seed("order", 1) == seeds.seed("order", 1))
  }
}
