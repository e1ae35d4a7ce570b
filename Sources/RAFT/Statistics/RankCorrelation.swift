/// Spearman's rank correlation: how alike two measures order the same things.
public enum RankCorrelation {
  /// ρ, the correlation of the ranks; equal values share the mean of their ranks.
  ///
  /// - Parameters:
  ///   - first: finite values of one measure.
  ///   - second: those of the other, of the same things in the same order.
  /// - Returns: −1…1; nil for fewer than two things, and where a measure tells none from another.
  public static func spearman(_ first: [Double], _ second: [Double]) -> Double? {
    let count = min(first.count, second.count)
    guard count >= 2 else { return nil }
    let (a, b) = (ranks(of: first.prefix(count)), ranks(of: second.prefix(count)))
    let mean = Double(count - 1) / 2
    func product(_ x: [Double], _ y: [Double]) -> Double {
      zip(x, y).reduce(0) { $0 + ($1.0 - mean) * ($1.1 - mean) }
    }
    let (aa, bb) = (product(a, a), product(b, b))
    guard aa > 0, bb > 0 else { return nil }
    return product(a, b) / (aa * bb).squareRoot()
  }

  /// Ranks from 0.
  private static func ranks(of values: ArraySlice<Double>) -> [Double] {
    let order = values.indices.sorted { values[$0] < values[$1] }
    var ranks = [Double](repeating: 0, count: values.count)
    var start = 0
    while start < order.count {
      let end = order[start...].firstIndex { values[$0] != values[order[start]] } ?? order.count
      for place in start..<end { ranks[order[place]] = Double(start + end - 1) / 2 }
      start = end
    }
    return ranks
  }
}
