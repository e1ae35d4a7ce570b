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
    places.reduce(hash(purpose, 0, 0)) { SplitMix64.mixed($0 ^ UInt64(bitPattern: Int64($1))) }
  }

  private func hash(_ purpose: String, _ places: Int...) -> UInt64 {
    let start = purpose.utf8.reduce(SplitMix64.mixed(run)) { SplitMix64.mixed($0 ^ UInt64($1)) }
    return places.reduce(start) { SplitMix64.mixed($0 ^ UInt64(bitPattern: Int64($1))) }
  }
}
