package import RAFT

/// A sample on its way into a run: what is known of it, and its image.
package struct MadeSample: Sendable, Equatable {
  /// What came of it.
  package enum Content: Sendable, Equatable {
    /// The image file's bytes, as PNG.
    case image([UInt8])
    /// Why there is none.
    case failure(String)
  }

  /// What it was made from.
  package let facts: SampleFacts

  /// What came of it.
  package let content: Content

  /// A sample of `facts`.
  package init(_ facts: SampleFacts, _ content: Content) {
    self.facts = facts
    self.content = content
  }

  /// Which sample it is.
  package var address: SampleAddress { facts.address }

  /// Why there is no image.
  package var failure: String? {
    if case .failure(let reason) = content { reason } else { nil }
  }
}
