extension Array {
  /// The elements in their order, `count` at a time; the last batch may be smaller.
  func batches(of count: Int) -> [[Element]] {
    stride(from: 0, to: self.count, by: count).map {
      Array(self[$0..<Swift.min($0 + count, self.count)])
    }
  }
}
