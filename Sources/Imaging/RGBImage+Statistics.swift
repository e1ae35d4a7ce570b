extension RGBImage {
  /// The smallest and largest sample and the mean of each colour, all 0…255.
  public struct Statistics: Sendable, Equatable {
    /// The smallest samples.
    public let minimum: Colour
    /// The largest samples.
    public let maximum: Colour
    /// The mean samples, red, green, blue.
    public let mean: [Double]

    /// Whether every colour varies by at most `tolerance` grey levels: a flat image, as a failed
    /// decoder or a safety checker leaves it.
    public func isNearlyConstant(tolerance: Int = 2) -> Bool {
      let spans = [
        Int(maximum.red) - Int(minimum.red), Int(maximum.green) - Int(minimum.green),
        Int(maximum.blue) - Int(minimum.blue),
      ]
      return spans.allSatisfy { $0 <= tolerance }
    }

    /// Whether no sample is above `tolerance`.
    public func isNearlyBlack(tolerance: UInt8 = 2) -> Bool {
      max(maximum.red, maximum.green, maximum.blue) <= tolerance
    }
  }

  /// Counts over all pixels.
  public var statistics: Statistics {
    var low: [UInt8] = [255, 255, 255]
    var high: [UInt8] = [0, 0, 0]
    var sum = [0, 0, 0]
    for channel in 0..<3 {
      for index in stride(from: channel, to: pixels.count, by: 3) {
        let sample = pixels[index]
        low[channel] = min(low[channel], sample)
        high[channel] = max(high[channel], sample)
        sum[channel] += Int(sample)
      }
    }
    return Statistics(
      minimum: Colour(low[0], low[1], low[2]), maximum: Colour(high[0], high[1], high[2]),
      mean: sum.map { Double($0) / Double(width * height) })
  }
}
