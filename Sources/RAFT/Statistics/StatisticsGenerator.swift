/// The random numbers that statistics resample with: SplitMix64 (Steele, Lea & Flood, 2014) from a
/// seed with an address, so that a comparison computed again gives the same figures.
struct StatisticsGenerator: RandomNumberGenerator {
  private var state: UInt64

  /// The numbers of `purpose` in a run of `seed`.
  init(seed: UInt64, purpose: String) {
    state = RunSeeds(run: seed).seed("statistics.\(purpose)")
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// A whole number in 0..<`bound`, each as probable as the others to within `bound`/2⁶⁴.
  mutating func index(below bound: Int) -> Int {
    Int(next().multipliedFullWidth(by: UInt64(bound)).high)
  }
}
