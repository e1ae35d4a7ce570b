/// What timesteps weigh in the loss of v (after Hang et al., arXiv 2303.09556).
package enum TimestepWeights {
  /// `min(SNR_t + 1, γ)/(SNR_t + 1)` of every timestep, SNR + 1 being 1/(1 − ᾱ).
  ///
  /// In terms of the picture x₀ the weight is min(SNR + 1, γ): 1 where there is nothing but noise,
  /// and never more than γ however little noise there is.
  ///
  /// - Parameters:
  ///   - signal: ᾱ of every timestep, in 0..<1.
  ///   - limit: γ; nil weighs all alike.
  package static func weights(signal: [Double], limit: Double?) -> [Float] {
    signal.map { signal in
      guard let limit else { return 1 }
      return Float(min(1, limit * (1 - signal)))
    }
  }
}
