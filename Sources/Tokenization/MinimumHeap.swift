/// A binary heap of pairs to join: lowest rank first, leftmost first among equals.
struct MinimumHeap {
  private var entries: [(rank: Int, position: Int)] = []

  mutating func push(rank: Int, position: Int) {
    entries.append((rank, position))
    var child = entries.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard entries[child] < entries[parent] else { return }
      entries.swapAt(child, parent)
      child = parent
    }
  }

  mutating func pop() -> (rank: Int, position: Int)? {
    guard let first = entries.first, let last = entries.popLast() else { return nil }
    guard !entries.isEmpty else { return first }
    entries[0] = last
    var parent = 0
    while true {
      let (left, right) = (2 * parent + 1, 2 * parent + 2)
      var smallest = parent
      if left < entries.count, entries[left] < entries[smallest] { smallest = left }
      if right < entries.count, entries[right] < entries[smallest] { smallest = right }
      guard smallest != parent else { return first }
      entries.swapAt(parent, smallest)
      parent = smallest
    }
  }
}
