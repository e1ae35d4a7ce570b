internal import Diffusion

extension GenerationError {
  /// Whether the image came out as NaN or infinity.
  var isNotFinite: Bool {
    if case .notFinite = self { true } else { false }
  }
}
