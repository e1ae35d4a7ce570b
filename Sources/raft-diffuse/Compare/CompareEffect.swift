internal import ArgumentParser

/// `0.05` or `clip=0.05`: a mean difference that is worth finding.
struct CompareEffect: ExpressibleByArgument, Equatable {
  /// The metric; nil for all of them.
  let metric: String?

  /// The difference, above 0.
  let size: Double

  init?(argument: String) {
    let parts = argument.split(separator: "=", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), let size = parts.last.flatMap({ Double($0) }),
      size.isFinite, size > 0
    else { return nil }
    metric = parts.count == 2 ? String(parts[0]) : nil
    self.size = size
  }
}
