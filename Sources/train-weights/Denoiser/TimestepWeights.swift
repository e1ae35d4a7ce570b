package import Diffusion

/// What timesteps weigh in the denoiser's loss.
package enum TimestepWeights {
  /// What the squared error of a prediction weighs at every timestep.
  ///
  /// In terms of the picture x₀ it is min(SNR_t, γ) (Hang et al., arXiv 2303.09556), SNR being
  /// ᾱ/(1 − ᾱ); an error of ε is to be divided by SNR for that, one of v by SNR + 1. Of v and of x₀ it
  /// is min(SNR_t, γ) + δ: sampling begins where there is hardly any signal, with colours and
  /// backgrounds, and without δ nothing is learnt there. An error of ε says nothing there.
  ///
  /// - Parameters:
  ///   - prediction: what is predicted.
  ///   - signal: ᾱ of every timestep, in 0..<1.
  ///   - limit: γ.
  ///   - floor: δ.
  package static func weights(
    of prediction: PredictionType, signal: [Double], limit: Double, floor: Double
  ) -> [Float] {
    signal.map { signal in
      let ratio = signal / (1 - signal)
      return switch prediction {
      case .epsilon: Float(min(1, limit / ratio))
      case .velocity: Float((min(ratio, limit) + floor) / (ratio + 1))
      case .sample: Float(min(ratio, limit) + floor)
      }
    }
  }
}
