package import Imaging
package import RAFT

/// A way in which a picture can be spoilt, whatever it shows.
package enum Corruption: String, Sendable, CaseIterable, Codable {
  /// Out of focus.
  case blurred
  /// Normal noise on every sample.
  case noisy
  /// Everything nearer to the picture's mean colour.
  case lowContrast
  /// Everything nearer to grey.
  case desaturated
  /// A part away from the middle, enlarged to the whole picture.
  case cutOff
  /// Squares of the picture again in other places.
  case cluttered
  /// The picture several times beside and below itself, and possibly shifted.
  case tiled
  /// Lines bent.
  case warped
  /// The picture over itself, shifted.
  case doubled
  /// Round spots of the picture's own colours.
  case blotched

  /// The picture, spoilt.
  ///
  /// - Parameters:
  ///   - image: any picture; its size stays.
  ///   - severity: how much, 0…1; hardly visible at 0, and beyond use at 1.
  package func applied(
    to image: RGBImage, severity: Double, using random: inout SplitMix64
  ) -> RGBImage {
    let severity = min(max(severity, 0), 1)
    return switch self {
    case .blurred: image.blurred(by: 1 + 7 * severity)
    case .noisy: image.noisy(deviation: 8 + 56 * severity, using: &random)
    case .lowContrast: image.blended(with: image.meanColor, share: 0.15 + 0.75 * severity)
    case .desaturated: image.desaturated(share: 0.2 + 0.8 * severity)
    case .cutOff: image.cutOff(share: 0.15 + 0.45 * severity, using: &random)
    case .cluttered: image.cluttered(copies: 1 + Int(5 * severity), using: &random)
    case .tiled: image.tiled(severity < 0.7 ? 2 : 3, using: &random)
    case .warped: image.warped(by: 0.02 + 0.08 * severity, using: &random)
    case .doubled: image.doubled(by: 0.05 + 0.25 * severity, using: &random)
    case .blotched: image.blotched(count: 1 + Int(6 * severity), using: &random)
    }
  }
}
