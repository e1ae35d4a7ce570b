/// What timesteps weigh in the loss of v.
package enum TimestepWeights {
  /// `(min(SNR_t, γ) + δ)/(SNR_t + 1)` of every timestep, SNR being ᾱ/(1 − ᾱ).
  ///
  /// In terms of the picture x₀ the weight is min(SNR, γ) + δ. Without δ that is the weight of Hang et
  /// al. (arXiv 2303.09556), by which nothing is learnt where there is hardly any signal: but sampling
  /// begins there, with colours and backgrounds. The plain loss of v, 1 + SNR, is mostly about pictures
  /// that nobody can guess, and after 100,000 samples words for shapes still change nothing.
  ///
  /// - Parameters:
  ///   - signal: ᾱ of every timestep, in 0..<1.
  ///   - limit: γ.
  ///   - floor: δ.
  package static func weights(signal: [Double], limit: Double, floor: Double) -> [Float] {
    signal.map { signal in
      let ratio = signal / (1 - signal)
      return Float((min(ratio, limit) + floor) / (ratio + 1))
    }
  }
}
