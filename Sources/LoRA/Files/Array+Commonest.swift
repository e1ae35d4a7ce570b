extension Array where Element: Hashable & Comparable {
  /// The value that stands most often, the smallest of several such; nil in an empty list.
  var commonest: Element? {
    Dictionary(map { ($0, 1) }, uniquingKeysWith: +)
      .max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
  }
}
