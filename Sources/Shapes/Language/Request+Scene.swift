extension Request.Relation {
  /// Where `first` is, seen from `second`: the direction in which they are further apart.
  package init(of first: Figure, from second: Figure) {
    let (dx, dy) = (first.x - second.x, first.y - second.y)
    if abs(dx) > abs(dy) {
      self = dx < 0 ? .leftOf : .rightOf
    } else {
      self = dy < 0 ? .above : .below
    }
  }
}

extension Request {
  /// Whether `scene` shows what is asked for: these things and no others, and what else the request
  /// says.
  package func isFulfilled(by scene: Scene) -> Bool {
    guard scene.figures.count == items.count,
      style == nil || style == scene.style,
      background == nil || background == scene.background
    else { return false }
    return isFulfilled(by: [], outOf: scene.figures)
  }

  /// Whether the rest of `figures` can be given to the items that are still without one.
  private func isFulfilled(by given: [Figure], outOf figures: [Figure]) -> Bool {
    guard given.count < items.count else {
      guard let relation, given.count > 1 else { return true }
      return Relation(of: given[0], from: given[1]) == relation
    }
    let item = items[given.count]
    return figures.indices.contains { index in
      let figure = figures[index]
      guard item.color == nil || item.color == figure.color,
        item.shape == nil || item.shape == figure.shape
      else { return false }
      var rest = figures
      rest.remove(at: index)
      return isFulfilled(by: given + [figure], outOf: rest)
    }
  }
}
