/// What timesteps weigh in the loss of v.
package enum TimestepWeights {
  /// `min(√SNR_t, γ)/(SNR_t + 1)` of every timestep, SNR being ᾱ/(1 − ᾱ).
  ///
  /// In terms of the picture x₀ the weight is min(√SNR, γ). What cannot be known of x₀ falls about as
  /// √SNR rises, so that all timesteps have about the same share of the loss. With the 1 + SNR of the
  /// plain loss of v, nine tenths of it would be pictures that nobody can guess; with the SNR of the
  /// plain loss of ε nothing would be learnt of colours and backgrounds, which are settled first
  /// (cf. Hang et al., arXiv 2303.09556).
  ///
  /// - Parameters:
  ///   - signal: ᾱ of every timestep, in 0..<1.
  ///   - limit: γ.
  package static func weights(signal: [Double], limit: Double) -> [Float] {
    signal.map { signal in
      let ratio = signal / (1 - signal)
      return Float(min(ratio.squareRoot(), limit) / (ratio + 1))
    }
  }
}
