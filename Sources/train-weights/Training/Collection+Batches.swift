extension RandomAccessCollection where Index == Int {
  /// The elements in their order, `count` at a time; the last batch may be smaller.
  func batches(of count: Int) -> [SubSequence] {
    stride(from: startIndex, to: endIndex, by: count).map {
      self[$0..<Swift.min($0 + count, endIndex)]
    }
  }
}
