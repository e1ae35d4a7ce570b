extension [DenoiserSettings.PictureShare] {
  /// Which of the sizes a batch is of.
  ///
  /// - Parameters:
  ///   - done: the share of the course that is done, 0..<1.
  ///   - chance: what decides among the sizes that have their time then, 0..<1.
  package func turn(done: Double, chance: Double) -> Int {
    let weights = map { done < $0.until ? $0.weight : 0 }
    var place = chance * weights.reduce(0, +)
    for (index, weight) in weights.enumerated() {
      if place < weight { return index }
      place -= weight
    }
    return 0
  }
}
