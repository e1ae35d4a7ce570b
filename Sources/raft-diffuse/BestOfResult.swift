internal import CLIPReward
internal import Diffusion
internal import Files

/// What `sample --best-of` prints of its choice.
struct BestOfResult: Encodable {
  /// One image that was made.
  struct Candidate: Encodable {
    let prompt: String
    let seed: UInt64

    /// Its file; nil where it was not written.
    let path: String?
    let score: Double?
    let scores: [String: Double]
    let rank: Int?
    let isKept: Bool
    let excluded: String?
    let exclusion: String?

    enum CodingKeys: String, CodingKey {
      case prompt, seed, path, score, scores, rank, excluded, exclusion
      case isKept = "kept"
    }

    /// Writes every key; what is absent is null.
    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(prompt, forKey: .prompt)
      try container.encode(seed, forKey: .seed)
      try container.encode(path, forKey: .path)
      try container.encode(score, forKey: .score)
      try container.encode(scores, forKey: .scores)
      try container.encode(rank, forKey: .rank)
      try container.encode(isKept, forKey: .isKept)
      try container.encode(excluded, forKey: .excluded)
      try container.encode(exclusion, forKey: .exclusion)
    }
  }

  /// How many images each prompt has.
  let count: Int

  /// The images of every prompt that is decided, in the order of prompts and seeds.
  let candidates: [Candidate]

  /// What the scores depend on, by the rewards' names.
  let passports: [String: ScoreRecord.Passport]

  private let names: [String]

  enum CodingKeys: String, CodingKey { case count, candidates, passports }

  /// What `stage` has decided.
  init(_ stage: BestOfStage, _ requests: [ImageRequest], _ paths: [String], perPrompt: Int) {
    count = perPrompt
    names = stage.names
    passports = stage.passports
    candidates = zip(zip(requests, paths), stage.notes).map { image, note in
      let (request, path) = image
      return Candidate(
        prompt: request.prompt, seed: request.seed, path: note.isWritten ? path : nil,
        score: note.score, scores: note.scores, rank: note.rank, isKept: note.isKept,
        excluded: note.excluded, exclusion: note.exclusion)
    }
  }

  /// A table for people: a prompt's images under it, the best first.
  var table: [String] {
    guard !candidates.isEmpty else { return [] }
    let hasParts = names.count > 1
    let header = ["", "seed", "score"] + (hasParts ? names : []) + [""]
    var rows: [(heading: String?, cells: [String])] = []
    for start in stride(from: 0, to: candidates.count, by: count) {
      let group = candidates[start..<min(start + count, candidates.count)]
      let ranked = group.sorted { ($0.rank ?? .max, $0.seed) < ($1.rank ?? .max, $1.seed) }
      for (place, image) in ranked.enumerated() {
        let parts = hasParts ? names.map { image.scores[$0].map(ScoreReport.number) ?? "-" } : []
        let last = image.path ?? image.excluded.map { "left out: \($0.printable)" } ?? ""
        rows.append(
          (
            place == 0 ? image.prompt.printable : nil,
            [
              image.isKept ? "kept" : "", String(image.seed),
              image.score.map(ScoreReport.number) ?? "-",
            ]
              + parts + [last]
          ))
      }
    }
    let widths = header.indices.map { column in
      max(header[column].count, rows.map { $0.cells[column].count }.max() ?? 0)
    }
    func line(_ cells: [String]) -> String {
      let right = zip(cells, widths).dropLast().map { cell, width in
        String(repeating: " ", count: width - cell.count) + cell
      }
      let whole = (right + [cells.last ?? ""]).joined(separator: "  ")
      return String(whole.reversed().drop { $0 == " " }.reversed())
    }
    return [line(header)] + rows.flatMap { ($0.heading.map { [$0] } ?? []) + [line($0.cells)] }
  }
}
