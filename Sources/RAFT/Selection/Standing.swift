/// Where a candidate that has a key stands among its round's.
struct Standing {
  let address: SampleAddress
  let key: Double

  /// Its place among all, from 0.
  let place: Int

  /// Its place among its prompt's, from 0.
  let placeInPrompt: Int

  /// The place of its prompt among prompts, each ranked by its best candidate, from 0.
  let placeOfPrompt: Int

  /// Whether one of the same prompt that stands higher has the same fingerprint.
  let isRepeat: Bool

  /// The prompt that it is a sample of.
  var prompt: Prompt { Prompt(address) }

  /// A prompt in a round.
  struct Prompt: Hashable {
    let split: Split
    let round: Int
    let index: Int

    init(_ address: SampleAddress) {
      (split, round, index) = (address.split, address.round, address.prompt)
    }
  }

  /// All candidates that have a key, the highest first and ties by address, in whatever order they
  /// are given.
  static func ranking(of candidates: [RankedCandidate]) -> [Standing] {
    let keyed = candidates.compactMap { candidate in
      candidate.key.flatMap { $0.isFinite ? (candidate: candidate, key: $0) : nil }
    }
    let ranked = keyed.sorted { a, b in
      a.key != b.key ? a.key > b.key : a.candidate.address < b.candidate.address
    }
    var seen: [Prompt: (place: Int, count: Int, fingerprints: Set<String>)] = [:]
    return ranked.enumerated().map { place, entry in
      let prompt = Prompt(entry.candidate.address)
      var its = seen[prompt] ?? (seen.count, 0, [])
      let isNew = entry.candidate.fingerprint.map { its.fingerprints.insert($0).inserted } ?? true
      let standing = Standing(
        address: entry.candidate.address, key: entry.key, place: place, placeInPrompt: its.count,
        placeOfPrompt: its.place, isRepeat: !isNew)
      its.count += 1
      seen[prompt] = its
      return standing
    }
  }
}
