/// Byte-pair encoding: joins neighbouring symbols, the pair learned first first, until no pair is
/// known (Sennrich et al. 2016, algorithm 1).
///
/// It works on ids, so it serves byte-level vocabularies (GPT-2, CLIP) and character-level ones
/// (LLaMA) alike: what the first symbols are is the caller's matter.
public struct BytePairEncoding: Sendable {
  /// The rank of each pair that may be joined, under `key(left, right)`.
  private let ranks: [UInt64: Int]
  /// The id that the pair of each rank becomes.
  private let joined: [Int]

  /// Looks up the tokens that `merges` names.
  ///
  /// - Parameters:
  ///   - merges: pairs in the order they were learned; of a pair listed twice the later counts.
  ///   - file: where they came from, for errors.
  /// - Throws: `TokenizationError.mergeWithoutToken` where a part or the whole is not in the
  ///   vocabulary.
  public init(
    _ vocabulary: Vocabulary, merges: [(left: String, right: String)], file: String
  ) throws {
    var ranks: [UInt64: Int] = Dictionary(minimumCapacity: merges.count)
    var joined: [Int] = []
    joined.reserveCapacity(merges.count)
    for (rank, merge) in merges.enumerated() {
      func id(_ token: String) throws -> Int {
        guard let id = vocabulary.id(of: token) else {
          throw TokenizationError.mergeWithoutToken(file: file, merge: rank + 1, token: token)
        }
        return id
      }
      let pair = Self.key(try id(merge.left), try id(merge.right))
      ranks[pair] = rank
      joined.append(try id(merge.left + merge.right))
    }
    self.ranks = ranks
    self.joined = joined
  }

  /// Joins what can be joined, in O(n log n) for `n` symbols.
  ///
  /// - Parameter symbols: ids of the vocabulary.
  /// - Returns: the ids that are left.
  public func merge(_ symbols: [Int]) -> [Int] {
    guard symbols.count > 1 else { return symbols }
    var chain = Chain(symbols)
    var waiting = MinimumHeap()
    for position in 0..<(symbols.count - 1) {
      offer(position, of: chain, to: &waiting)
    }
    while let (rank, position) = waiting.pop() {
      // What stands here may have been joined since the pair was offered.
      guard let now = self.rank(at: position, of: chain), joined[now] == joined[rank] else {
        continue
      }
      chain.join(at: position, into: joined[rank])
      if let previous = chain.previous(position) {
        offer(previous, of: chain, to: &waiting)
      }
      offer(position, of: chain, to: &waiting)
    }
    return chain.symbols
  }

  private func offer(_ position: Int, of chain: Chain, to waiting: inout MinimumHeap) {
    if let rank = rank(at: position, of: chain) {
      waiting.push(rank: rank, position: position)
    }
  }

  /// The rank of the pair that begins at `position`.
  private func rank(at position: Int, of chain: Chain) -> Int? {
    guard let next = chain.next(position) else { return nil }
    return ranks[Self.key(chain.id(position), chain.id(next))]
  }

  private static func key(_ left: Int, _ right: Int) -> UInt64 {
    UInt64(truncatingIfNeeded: left) << 32 | UInt64(UInt32(truncatingIfNeeded: right))
  }
}

/// The symbols of one word as a doubly linked list, so that joining two takes constant time.
private struct Chain {
  private var ids: [Int]
  private var nexts: [Int]
  private var previouses: [Int]
  private static let gone = -1

  init(_ symbols: [Int]) {
    ids = symbols
    nexts = Array(1...symbols.count)
    previouses = Array(-1..<(symbols.count - 1))
  }

  func id(_ position: Int) -> Int { ids[position] }

  /// The position after `position`; nil at the end and for a symbol that was joined to another.
  func next(_ position: Int) -> Int? {
    let next = nexts[position]
    return next == Self.gone || next == ids.count ? nil : next
  }

  func previous(_ position: Int) -> Int? {
    previouses[position] < 0 ? nil : previouses[position]
  }

  /// Makes the symbol at `position` and the next one into `id`.
  mutating func join(at position: Int, into id: Int) {
    guard let absorbed = next(position) else { return }
    ids[position] = id
    let following = nexts[absorbed]
    nexts[position] = following
    nexts[absorbed] = Self.gone
    if following < ids.count {
      previouses[following] = position
    }
  }

  var symbols: [Int] {
    var result: [Int] = []
    var position = 0
    while position < ids.count {
      result.append(ids[position])
      position = nexts[position]
    }
    return result
  }
}
