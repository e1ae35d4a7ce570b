/// Finds what somebody may have meant.
enum NearestName {
  /// The name that takes the fewest changes of a letter (Levenshtein) to get to from `text`; nil
  /// where more than a third of it, and more than two letters, would have to change.
  static func of(_ text: String, among names: [String]) -> String? {
    let nearest = names.map { (name: $0, distance: distance(text, $0)) }
      .min { ($0.distance, $0.name) < ($1.distance, $1.name) }
    guard let nearest, nearest.distance <= max(2, text.count / 3),
      nearest.distance < max(text.count, 2)
    else { return nil }
    return nearest.name
  }

  private static func distance(_ first: String, _ second: String) -> Int {
    let (first, second) = (Array(first.lowercased().prefix(100)), Array(second.lowercased()))
    var row = Array(0...second.count)
    for (i, letter) in first.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, other) in second.enumerated() {
        let changed = diagonal + (letter == other ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(changed, row[j] + 1, row[j + 1] + 1)
      }
    }
    return row[second.count]
  }
}
