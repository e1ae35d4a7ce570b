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
  /// The event as TensorBoard stores it; nil where there is nothing to show.
  var stored: Tensorflow_Event? {
    var shown = Tensorflow_Summary.Value()
    shown.tag = tag
    switch value {
    case .scalar(let number): shown.simpleValue = Float(number)
    case .histogram(let numbers):
      guard let histogram = Tensorflow_HistogramProto(of: numbers) else { return nil }
      shown.histo = histogram
    case .picture(let picture):
      shown.image.width = Int32(clamping: picture.width)
      shown.image.height = Int32(clamping: picture.height)
      shown.image.colorspace = 3
      shown.image.encodedImageString = picture.data
    }
    var event = Tensorflow_Event()
    event.wallTime = wallTime
    event.step = Int64(step)
    event.summary.value = [shown]
    return event
  }
}

extension Tensorflow_HistogramProto {
  private static let bucketCount = 30

  /// Thirty equal buckets from the smallest to the largest finite number, one where these are the
  /// same; nil where there is none.
  fileprivate init?(of numbers: [Double]) {
    let finite = numbers.filter(\.isFinite)
    guard let low = finite.min(), let high = finite.max() else { return nil }
    self.init()
    min = low
    max = high
    num = Double(finite.count)
    sum = finite.reduce(0, +)
    sumSquares = finite.reduce(0) { $0 + $1 * $1 }
    let width = (high - low) / Double(Self.bucketCount)
    guard width > 0, width.isFinite else {
      (bucketLimit, bucket) = ([high], [num])
      return
    }
    bucketLimit = (1..<Self.bucketCount).map { low + Double($0) * width } + [high]
    bucket = Array(repeating: 0, count: Self.bucketCount)
    for number in finite {
      bucket[Swift.min(Int((number - low) / width), Self.bucketCount - 1)] += 1
    }
  }
}
