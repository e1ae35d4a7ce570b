/// How far two lists of numbers are apart, by the ranks of both together.
package enum RankSum {
  /// How often a number of one list is above one of the other, ties counting half: `U/(mn)` (Mann and
  /// Whitney 1947), the area under the curve of hits over false alarms, 0…1, in O(n·log n).
  ///
  /// - Returns: nil where a list is empty.
  package static func share(of ones: [Double], above others: [Double]) -> Double? {
    guard !ones.isEmpty, !others.isEmpty else { return nil }
    let (ones, others) = (ones.sorted(), others.sorted())
    var (below, notAbove, wins) = (0, 0, 0.0)
    for one in ones {
      while below < others.count, others[below] < one { below += 1 }
      while notAbove < others.count, others[notAbove] <= one { notAbove += 1 }
      wins += Double(below + notAbove) / 2
    }
    return wins / (Double(ones.count) * Double(others.count))
  }
}
