internal import Foundation

/// An axis that begins and ends at round numbers.
struct AxisScale: Equatable {
  /// Where the marks are, from the first to the last.
  let ticks: [Double]
  /// How many decimals a mark's label needs.
  let decimals: Int

  /// The ends of the axis.
  var range: ClosedRange<Double> { (ticks.first ?? 0)...(ticks.last ?? 1) }

  /// The axis for values of a range, with steps of 1, 2 or 5 times a power of ten.
  ///
  /// - Parameters:
  ///   - values: what is to be shown, its ends not above 1e100 in size.
  ///   - count: the most steps between the range's ends, at least 1.
  init(_ values: ClosedRange<Double>, count: Int = 5) {
    var (low, high) = (values.lowerBound, values.upperBound)
    // A lone value stands in the middle; what is that small counts as 0.
    let size = max(abs(low), abs(high))
    if high - low <= 1e-12 * size || size < 1e-100 {
      let margin = size < 1e-100 ? 1 : size / 10
      (low, high) = (low - margin, high + margin)
    }
    let rough = (high - low) / Double(max(count, 1))
    let power = floor(log10(rough))
    let unit = pow(10, power)
    let factor = [1.0, 2, 5].first { $0 * unit >= rough * (1 - 1e-9) } ?? 10
    let first = Int((low / (factor * unit) + 1e-9).rounded(.down))
    let last = Int((high / (factor * unit) - 1e-9).rounded(.up))
    let decimals = max(-Int(power) - (factor == 10 ? 1 : 0), 0)
    // Below 1 a division gives the number nearest to the decimal one.
    let divisor = pow(10, -power)
    ticks = (first...last).map {
      power < 0 ? Double($0) * factor / divisor : Double($0) * factor * unit
    }
    self.decimals = decimals
  }

  /// The label of a mark.
  func label(_ tick: Double) -> String {
    let size = max(abs(range.lowerBound), abs(range.upperBound))
    let text =
      size >= 1e6 || decimals > 5 ? String(format: "%.2g", tick) : NumberText.fixed(tick, decimals)
    return text.replacing("-", with: "−")
  }
}
