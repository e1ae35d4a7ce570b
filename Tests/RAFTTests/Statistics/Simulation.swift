import Foundation

/// Numbers whose distribution is known, for tests of coverage: SplitMix64 and what is made of it.
struct Simulation {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  /// In 0..<1, never 0.
  mutating func uniform() -> Double {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return (Double((z ^ (z >> 31)) >> 11) + 0.5) * 0x1p-53
  }

  /// Box and Muller's.
  mutating func normal() -> Double {
    (-2 * log(uniform())).squareRoot() * cos(2 * .pi * uniform())
  }

  /// The distributions of true effects across prompts.
  enum Effects: String, CaseIterable, Sendable {
    case normal
    /// Exponential: skewness 2.
    case skewed
    /// Student's t with 3 degrees of freedom: no fourth moment.
    case heavyTailed
    /// A fifth of the prompts gains three deviations more than the others.
    case mixed
    case uniform

    /// The distribution's mean.
    var mean: Double {
      switch self {
      case .normal, .heavyTailed, .uniform: 0
      case .skewed: 1
      case .mixed: 0.6
      }
    }

    /// A prompt's true effect.
    func draw(_ numbers: inout Simulation) -> Double {
      switch self {
      case .normal: return numbers.normal()
      case .skewed: return -log(numbers.uniform())
      case .heavyTailed:
        let squares = (0..<3).reduce(0) { sum, _ in
          let normal = numbers.normal()
          return sum + normal * normal
        }
        return numbers.normal() / (squares / 3).squareRoot()
      case .mixed: return numbers.normal() + (numbers.uniform() < 0.2 ? 3 : 0)
      case .uniform: return numbers.uniform() - 0.5
      }
    }
  }
}
