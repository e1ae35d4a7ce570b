/// Which of the training's N timesteps a run of fewer steps visits (Lin et al., arXiv 2305.08891,
/// table 2).
public enum TimestepSpacing: String, CaseIterable, Sendable {
  /// i·⌊N/n⌋ + offset: never reaches the noisiest timestep.
  case leading
  /// From N − 1 to 0 in equal parts.
  case linspace
  /// N − i·N/n, less one: always begins at the noisiest timestep.
  case trailing

  /// `steps` timesteps of `count`, descending; `linspace` gives fractions, the others whole
  /// numbers.
  ///
  /// Rounding is half to even. Where n does not divide N, rounding can make numpy's `arange` one
  /// element longer than n, with a last timestep of −1: that one is never taken.
  ///
  /// - Parameter matchesDiffusers: whether a single step of `linspace` begins at timestep 0, where
  ///   there is nothing to denoise, and not at the noisiest.
  func timesteps(_ steps: Int, of count: Int, offset: Int, matchesDiffusers: Bool) -> [Double] {
    switch self {
    case .leading:
      return (0..<steps).reversed().map { Double($0 * (count / steps) + offset) }
    case .linspace:
      guard steps > 1 || matchesDiffusers else { return [Double(count - 1)] }
      return Self.line(from: 0, to: Double(count - 1), steps).reversed()
    case .trailing:
      return Self.trailing(from: count, by: Double(count) / Double(steps)).prefix(steps).map { $0 }
    }
  }

  /// numpy's `linspace`.
  static func line(from start: Double, to end: Double, _ count: Int) -> [Double] {
    guard count > 1 else { return [start] }
    let step = (end - start) / Double(count - 1)
    return (0..<count).map { $0 == count - 1 ? end : Double($0) * step + start }
  }

  /// numpy's `round(arange(last, 0, -step)) - 1`, without a timestep of −1.
  static func trailing(from last: Int, by step: Double) -> [Double] {
    let start = Double(last)
    // arange adds multiples of the difference of its first two elements, not of the step itself.
    let difference = (start - step) - start
    let length = Int((start / step).rounded(.up))
    return (0..<length)
      .map { (start + Double($0) * difference).rounded(.toNearestOrEven) - 1 }
      .filter { $0 >= 0 }
  }
}
