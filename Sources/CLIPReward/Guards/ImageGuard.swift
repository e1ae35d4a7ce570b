internal import Imaging

/// Finds images that must not be scored: unreadable ones, black or flat ones, and those whose
/// pixels another image has already.
///
/// A failed image is no bad image: it is left out with its reason and counted, never scored 0.
/// The guard remembers what passed it, so that duplicates are found across batches; it keeps a
/// digest and a name an image.
public final class ImageGuard {
  /// What is let through all the same.
  public struct Leniency: Sendable, Equatable {
    /// Images whose pixels another image has.
    public var duplicates = false
    /// Black and flat images.
    public var flat = false

    /// Nothing is let through, unless it is said so.
    public init(duplicates: Bool = false, flat: Bool = false) {
      self.duplicates = duplicates
      self.flat = flat
    }
  }

  private let leniency: Leniency
  private let readsPrompts: Bool
  private let cache: RewardCache?
  private var names: [String: String] = [:]

  /// - Parameters:
  ///   - leniency: what is let through.
  ///   - readsPrompts: whether the same pixels under another prompt are another case.
  ///   - cache: where facts are kept, so that an image known there is not decoded.
  public init(
    _ leniency: Leniency = Leniency(), readsPrompts: Bool = true, cache: RewardCache? = nil
  ) {
    self.leniency = leniency
    self.readsPrompts = readsPrompts
    self.cache = cache
  }

  /// What is wrong with each of `inputs`, in their order; nil for those that may be scored.
  public func check(_ inputs: [RewardInput]) throws -> [ExclusionReason?] {
    let known = try cache?.facts(of: inputs.map(\.cacheKey)) ?? [:]
    var learnt: [String: ImageFacts] = [:]
    let reasons: [ExclusionReason?] = try inputs.map { input in
      if let facts = known[input.cacheKey] ?? learnt[input.cacheKey] { return reason(input, facts) }
      switch try input.readImage() {
      case .unreadable(let reason): return reason
      case .image(let image):
        let facts = ImageFacts(image)
        learnt[input.cacheKey] = facts
        return reason(input, facts)
      }
    }
    if !learnt.isEmpty { try cache?.store(facts: learnt) }
    return reasons
  }

  private func reason(_ input: RewardInput, _ facts: ImageFacts) -> ExclusionReason? {
    if !leniency.flat {
      if facts.isBlack { return .black }
      if facts.isFlat { return .flat }
    }
    guard !leniency.duplicates else { return nil }
    let prompt = readsPrompts ? input.prompt ?? "" : ""
    let key = "\(facts.pixelDigest)\n\(prompt)"
    if let first = names[key] { return .duplicate(of: first) }
    names[key] = input.name
    return nil
  }
}
