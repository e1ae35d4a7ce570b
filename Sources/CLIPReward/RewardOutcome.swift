/// What became of one image: a score, or the reason why it has none.
public enum RewardOutcome: Sendable, Equatable {
  /// A finite score, and what else the reward tells about it by name.
  case score(Double, details: [String: Double] = [:])

  /// No score: the image is left out of every comparison and counted.
  case excluded(ExclusionReason)

  /// The score, if there is one.
  public var score: Double? {
    if case .score(let value, _) = self { value } else { nil }
  }
}

/// Why an image has no score. It is never scored 0 instead.
public enum ExclusionReason: Sendable, Hashable, CustomStringConvertible {
  /// The file is no image, or a damaged one.
  case unreadable(String)

  /// Every pixel is nearly black, as safety checkers leave images.
  case black

  /// Every pixel has nearly the same colour, as failed decoders leave images.
  case flat

  /// The same pixels as another image that is scored.
  case duplicate(of: String)

  /// The reward computed NaN or infinity.
  case notFinite(reward: String)

  /// The reward compares with a prompt, and the image has none.
  case noPrompt

  /// A component of a mixture stays below its floor.
  case belowFloor(component: String, score: Double, floor: Double)

  /// An external reward failed for this image.
  case failed(String)

  /// What is wrong.
  public var description: String {
    switch self {
    case .unreadable(let reason): reason
    case .black: "the image is black"
    case .flat: "the image is of one colour only"
    case .duplicate(let name): "the same pixels as \(name)"
    case .notFinite(let reward): "the \(reward) reward is not a finite number"
    case .noPrompt: "it has no prompt to compare with"
    case .belowFloor(let component, let score, let floor):
      "\(component) is \(score), below the floor \(floor)"
    case .failed(let reason): reason
    }
  }
}
