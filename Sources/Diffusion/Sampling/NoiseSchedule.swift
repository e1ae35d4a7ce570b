internal import Foundation

/// How much signal and how much noise latents have at each training timestep.
///
/// Latents at timestep t are `√ᾱ_t·x₀ + √(1−ᾱ_t)·ε`, ᾱ being the cumulative product of 1 − β (Ho et
/// al., arXiv 2006.11239, eq. 4). β and ᾱ are rounded to 32 bits where torch rounds them, so that
/// they are diffusers'.
public struct NoiseSchedule: Sendable, Equatable {
  /// β_t, the noise that training timestep t adds, 0…1.
  public let betas: [Float]

  /// ᾱ_t, the share of signal in the variance at timestep t, falling from nearly 1 to nearly 0.
  public let signal: [Double]

  /// The number of training timesteps N.
  public var count: Int { signal.count }

  /// The schedule that `configuration` describes.
  public init(_ configuration: SchedulerConfiguration) {
    self.init(betas: configuration.betas)
  }

  /// The schedule of the given `betas`.
  public init(betas: [Float]) {
    self.betas = betas
    var product = 1.0
    // torch multiplies in double and rounds every element that it returns.
    signal = betas.map { beta in
      product *= Double(1 - beta)
      return Double(Float(product))
    }
  }

  /// σ_t = √((1 − ᾱ_t)/ᾱ_t): the noise's deviation where the signal has unit scale. Rounded to 32
  /// bits.
  public func sigma(at timestep: Int) -> Double {
    let signal = Float(signal[timestep])
    return Double(((1 - signal) / signal).squareRoot())
  }

  /// σ between timesteps, linear in σ; outside 0…N − 1 the nearest one's.
  package func sigma(at timestep: Double) -> Double {
    let low = min(max(Int(timestep.rounded(.down)), 0), count - 1)
    let high = min(low + 1, count - 1)
    let weight = min(max(timestep - Double(low), 0), 1)
    return sigma(at: low) + weight * (sigma(at: high) - sigma(at: low))
  }

  /// The timestep, a fraction, whose σ is the given one: linear in ln σ, within 0…N − 1.
  func timestep(ofSigma sigma: Double) -> Double {
    // σ rises with the timestep.
    let above = (0..<count).first { self.sigma(at: $0) > sigma } ?? count - 1
    let low = max(above - 1, 0)
    guard count > 1 else { return 0 }
    // Rounded as in diffusers, where a timestep may be rounded to a whole number next.
    let floor = Double(log(Float(self.sigma(at: low))))
    let ceiling = Double(log(Float(self.sigma(at: low + 1))))
    return Double(low) + min(max((log(sigma) - floor) / (ceiling - floor), 0), 1)
  }
}

extension SchedulerConfiguration {
  /// β_t for every training timestep.
  var betas: [Float] {
    if let trainedBetas { return trainedBetas.map { Float($0) } }
    switch betaSchedule {
    case .linear:
      return Self.line(from: betaStart, to: betaEnd, trainTimesteps)
    case .scaledLinear:
      let roots = Self.line(from: betaStart.squareRoot(), to: betaEnd.squareRoot(), trainTimesteps)
      return roots.map { $0 * $0 }
    case .squaredCosine:
      return Self.squaredCosine(trainTimesteps)
    }
  }

  /// torch's `linspace` in 32 bits: from both ends to the middle.
  private static func line(from start: Double, to end: Double, _ count: Int) -> [Float] {
    guard count > 1 else { return [Float(start)] }
    let (first, last) = (Float(start), Float(end))
    let step = (last - first) / Float(count - 1)
    return (0..<count).map { index in
      index < count / 2 ? first + step * Float(index) : last - step * Float(count - 1 - index)
    }
  }

  /// β_t = min(1 − f(t+1)/f(t), 0.999), f(t) = cos²((t/N + 0.008)/1.008 · π/2) (Nichol and
  /// Dhariwal, arXiv 2102.09672, eq. 17).
  private static func squaredCosine(_ count: Int) -> [Float] {
    func level(_ index: Int) -> Double {
      let cosine = cos((Double(index) / Double(count) + 0.008) / 1.008 * .pi / 2)
      return cosine * cosine
    }
    return (0..<count).map { Float(min(1 - level($0 + 1) / level($0), 0.999)) }
  }
}
