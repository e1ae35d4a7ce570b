import Foundation

/// How a resized pixel is made from those around it, as Pillow's filter of the same name does it.
public enum ResamplingFilter: String, Sendable, CaseIterable {
  /// The pixel that lies under the new one's middle; the others are not looked at.
  case nearest
  /// The mean over the new pixel's area.
  case box
  /// A triangle, 1 pixel to each side.
  case bilinear
  /// Keys' cubic convolution with a = -0.5, 2 pixels to each side.
  case bicubic
  /// A sinc in Hamming's window, 1 pixel to each side.
  case hamming
  /// A windowed sinc, 3 pixels to each side.
  case lanczos

  /// How far the filter reaches to each side, in pixels of the coarser image.
  var support: Double {
    switch self {
    case .nearest: 0
    case .box: 0.5
    case .bilinear, .hamming: 1
    case .bicubic: 2
    case .lanczos: 3
    }
  }

  /// The weight at distance `x`, not normalised.
  func weight(_ x: Double) -> Double {
    switch self {
    case .nearest: return 0
    case .box: return x > -0.5 && x <= 0.5 ? 1 : 0
    case .bilinear: return max(1 - abs(x), 0)
    case .bicubic:
      let (a, x) = (-0.5, abs(x))
      if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
      return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0
    case .hamming:
      let x = abs(x)
      return x < 1 ? sinc(x) * (0.54 + 0.46 * cos(x * .pi)) : 0
    case .lanczos:
      return x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0
    }
  }

  private func sinc(_ x: Double) -> Double {
    x == 0 ? 1 : sin(x * .pi) / (x * .pi)
  }
}
