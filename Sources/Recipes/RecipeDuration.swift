/// Times as budgets spell them.
enum RecipeDuration {
  /// The seconds of `90s`, `30m`, `1.5h`, or of a number, which counts seconds; nil for anything
  /// else and for what is not above 0.
  static func seconds(in text: String) -> Double? {
    let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600]
    let unit = text.last.flatMap { units[$0] }
    guard let number = Double(unit == nil ? text[...] : text.dropLast()) else { return nil }
    let seconds = number * (unit ?? 1)
    return seconds > 0 && seconds.isFinite ? seconds : nil
  }
}
