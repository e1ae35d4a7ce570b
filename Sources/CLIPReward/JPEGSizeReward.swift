public import Imaging

/// How small, or how large, an image becomes as a JPEG of quality 95: the compressibility and
/// incompressibility of DDPO (Black et al. 2023, arXiv:2305.13301, section 5.1), in kB of 1000
/// bytes.
public struct JPEGSizeReward: ImageReward {
  /// What is rewarded.
  public enum Goal: String, Sendable, CaseIterable {
    /// Minus the size: few details.
    case compressible
    /// The size: many details.
    case incompressible
  }

  /// The quality that DDPO saves with.
  public static let quality = 95

  /// The goal, and how images are compressed.
  public let passport: RewardPassport

  private let goal: Goal

  /// The reward for one goal.
  ///
  /// - Parameter transparency: what became of that of the images; a part of the passport.
  public init(_ goal: Goal = .compressible, transparency: Transparency = .dropped) {
    self.goal = goal
    passport = RewardPassport(
      reward: "jpeg-size",
      facts: [
        "goal": goal.rawValue, "quality": String(Self.quality), "subsampling": "4:2:0",
        "transparency": transparency.rawValue, "unit": "1000 bytes",
      ])
  }

  /// No: the image alone is judged.
  public var readsPrompts: Bool { false }

  /// Compresses `inputs`.
  public func outcomes(for inputs: [RewardInput]) throws -> [RewardOutcome] {
    try inputs.map { input in
      switch try input.readImage() {
      case .unreadable(let reason): return .excluded(reason)
      case .image(let image):
        let bytes: [UInt8]
        do {
          bytes = try JPEG.encode(image, quality: Self.quality)
        } catch ImagingError.notEncodable(let format, let detail) {
          let error = ImagingError.notEncodable(format: format, detail: detail)
          return .excluded(.failed(error.description))
        }
        let kilobytes = Double(bytes.count) / 1000
        return .score(
          goal == .compressible ? -kilobytes : kilobytes, details: ["kilobytes": kilobytes])
      }
    }
  }
}
