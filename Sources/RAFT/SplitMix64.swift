/// A generator whose whole sequence follows from its seed (Steele, Lea & Flood, 2014).
///
/// What is drawn with the methods below is fixed here, and not by the standard library, whose
/// `shuffled(using:)` may take other draws in another version.
public struct SplitMix64: RandomNumberGenerator, Sendable, Equatable {
  private var state: UInt64

  /// The sequence of `seed`.
  public init(seed: UInt64) {
    state = seed
  }

  /// The next 64 bits.
  public mutating func next() -> UInt64 {
    defer { state &+= Self.step }
    return Self.mixed(state)
  }

  /// A number below `bound`, which is at least 1; every one is as likely.
  public mutating func index(below bound: Int) -> Int {
    let bound = UInt64(bound)
    let biased = (0 &- bound) % bound
    while true {
      let product = next().multipliedFullWidth(by: bound)
      if product.low >= biased { return Int(product.high) }
    }
  }

  /// A number in 0..<1, of 53 bits.
  public mutating func unit() -> Double {
    Double(next() >> 11) * 0x1p-53
  }

  /// `count` of `elements`, none twice, in the order drawn; all of them where there are no more.
  public mutating func drawn<Element>(_ count: Int, of elements: [Element]) -> [Element] {
    var elements = elements
    let count = min(count, elements.count)
    for place in 0..<count {
      elements.swapAt(place, place + index(below: elements.count - place))
    }
    return Array(elements.prefix(count))
  }

  /// All of `elements`, every order as likely.
  public mutating func shuffled<Element>(_ elements: [Element]) -> [Element] {
    drawn(elements.count, of: elements)
  }

  /// The output for a state: a bijection of 64 bits that spreads every one of them over all.
  static func mixed(_ value: UInt64) -> UInt64 {
    var z = value &+ step
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  private static let step: UInt64 = 0x9E37_79B9_7F4A_7C15
}
