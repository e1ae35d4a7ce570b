/// Holm's step-down adjustment for several tests (Holm, 1979).
public enum Holm {
  /// Each p multiplied by how many are not smaller than it, at least its predecessor's, 1 at most:
  /// rejecting what is at most α keeps the probability of any false rejection below α.
  ///
  /// - Parameter p: probabilities, 0…1.
  /// - Returns: the adjusted ones, in the same order.
  public static func adjusted(_ p: [Double]) -> [Double] {
    var adjusted = p
    var least = 0.0
    let order = p.indices.sorted { (p[$0], $0) < (p[$1], $1) }
    for (rank, index) in order.enumerated() {
      least = max(least, min(p[index] * Double(p.count - rank), 1))
      adjusted[index] = least
    }
    return adjusted
  }
}
