/// A mean and how sure it is.
package struct Estimate: Sendable, Equatable, Codable {
  /// The value.
  package var value: Double

  /// Its standard error, where it is known.
  package var standardError: Double?

  /// Its interval, 95 % unless a note says otherwise, where there are enough prompts for one.
  package var interval: ClosedRange<Double>?

  /// How many prompts it is over, where that is known.
  package var prompts: Int?

  /// An estimate.
  package init(
    _ value: Double, standardError: Double? = nil, interval: ClosedRange<Double>? = nil,
    prompts: Int? = nil
  ) {
    self.value = value
    self.standardError = standardError
    self.interval = interval
    self.prompts = prompts
  }

  /// What a chart shows as its uncertainty: the interval, or one standard error to either side.
  var span: ClosedRange<Double>? {
    if let interval { return interval }
    guard let standardError, standardError.isFinite, standardError >= 0, value.isFinite else {
      return nil
    }
    return value - standardError...value + standardError
  }
}
