/// What timesteps weigh in the loss (Hang et al., arXiv 2303.09556).
package enum TimestepWeights {
  /// `min(SNR_t, γ)/SNR_t` of every timestep, SNR being ᾱ/(1 − ᾱ).
  ///
  /// - Parameters:
  ///   - signal: ᾱ of every timestep, in 0..<1.
  ///   - limit: γ; nil weighs all alike.
  package static func weights(signal: [Double], limit: Double?) -> [Float] {
    signal.map { signal in
      guard let limit else { return 1 }
      let ratio = signal / (1 - signal)
      return Float(min(ratio, limit) / ratio)
    }
  }
}
