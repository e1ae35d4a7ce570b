/// Something that TensorBoard shows at one step.
package struct BoardEvent: Sendable, Equatable {
  /// What is shown.
  package enum Value: Sendable, Equatable {
    /// A point of a curve.
    case scalar(Double)
    /// How values are distributed; those that are not finite are left out.
    case histogram([Double])
    /// A picture.
    case picture(Picture)
  }

  /// Where it is shown; a slash makes groups, as in `dev/reward`.
  package let tag: String

  /// The step: a round.
  package let step: Int

  /// When it was, seconds since 1970.
  package let wallTime: Double

  /// What is shown.
  package let value: Value

  /// `value` under `tag`, at a step.
  package init(_ tag: String, step: Int, wallTime: Double, _ value: Value) {
    self.tag = tag
    self.step = step
    self.wallTime = wallTime
    self.value = value
  }
}

extension BoardEvent {
  /// The event as TensorBoard stores it (`tensorflow.Event` with one `Summary.Value`); nil where
  /// there is nothing to show.
  var message: ProtobufMessage? {
    var shown = ProtobufMessage()
    shown.add(1, bytes: Array(tag.utf8))
    switch value {
    case .scalar(let number): shown.add(2, float: Float(number))
    case .picture(let picture): shown.add(4, ProtobufMessage(picture))
    case .histogram(let numbers):
      guard let histogram = ProtobufMessage(histogram: numbers) else { return nil }
      shown.add(5, histogram)
    }
    var summary = ProtobufMessage()
    summary.add(1, shown)
    var event = ProtobufMessage()
    event.add(1, double: wallTime)
    event.add(2, integer: Int64(step))
    event.add(5, summary)
    return event
  }
}

extension ProtobufMessage {
  private static let bucketCount = 30

  /// `tensorflow.Summary.Image`, in RGB.
  fileprivate init(_ picture: Picture) {
    self.init()
    add(1, integer: Int64(picture.height))
    add(2, integer: Int64(picture.width))
    add(3, integer: 3)
    add(4, bytes: picture.data)
  }

  /// `tensorflow.HistogramProto`: thirty equal buckets from the smallest to the largest finite
  /// number, one where these are the same; nil where there is none.
  fileprivate init?(histogram numbers: [Double]) {
    let finite = numbers.filter(\.isFinite)
    guard let low = finite.min(), let high = finite.max() else { return nil }
    let width = (high - low) / Double(Self.bucketCount)
    var (limits, counts) = ([high], [Double(finite.count)])
    if width > 0, width.isFinite {
      limits = (1..<Self.bucketCount).map { low + Double($0) * width } + [high]
      counts = Array(repeating: 0, count: Self.bucketCount)
      for number in finite {
        counts[Swift.min(Int((number - low) / width), Self.bucketCount - 1)] += 1
      }
    }
    self.init()
    add(1, double: low)
    add(2, double: high)
    add(3, double: Double(finite.count))
    add(4, double: finite.reduce(0, +))
    add(5, double: finite.reduce(0) { $0 + $1 * $1 })
    add(6, doubles: limits)
    add(7, doubles: counts)
  }
}
