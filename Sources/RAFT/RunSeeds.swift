/// Where every random draw of a run comes from: each has an address, so that neither order, nor
/// batches, nor interruptions change it.
public struct RunSeeds: Sendable, Equatable {
  /// The seed of the whole run.
  public let run: UInt64

  /// The draws of a run.
  public init(run: UInt64) {
    self.run = run
  }

  /// The seed of a sample's noise, below 2³²: `hash(run, split, round, prompt) + index`.
  ///
  /// The two highest bits tell the split, so that no seed is in two of them: `0x` train, `10` dev,
  /// `11` test. Rounds of dev and test share their noise: what changes between them is the model.
  public func seed(of address: SampleAddress) -> UInt64 {
    let round = address.split == .train ? address.round : 0
    let hash = hash("sample.\(address.split.rawValue)", round, address.prompt)
    let index = UInt64(address.index)
    return switch address.split {
    case .train: (hash &+ index) & 0x7FFF_FFFF
    case .dev: 0x8000_0000 | ((hash &+ index) & 0x3FFF_FFFF)
    case .test: 0xC000_0000 | ((hash &+ index) & 0x3FFF_FFFF)
    }
  }

  /// A seed for another purpose, such as `order` or `selection`.
  public func seed(_ purpose: String, _ places: Int...) -> UInt64 {
    places.reduce(hash(purpose, 0, 0)) { Self.mixed($0 ^ UInt64(bitPattern: Int64($1))) }
  }

  private func hash(_ purpose: String, _ places: Int...) -> UInt64 {
    let start = purpose.utf8.reduce(Self.mixed(run)) { Self.mixed($0 ^ UInt64($1)) }
    return places.reduce(start) { Self.mixed($0 ^ UInt64(bitPattern: Int64($1))) }
  }

  /// SplitMix64 (Steele, Lea & Flood, 2014).
  private static func mixed(_ value: UInt64) -> UInt64 {
    var z = value &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
