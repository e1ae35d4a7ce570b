internal import Foundation

/// Numbers as people read them, with a real minus sign.
package enum NumberText {
  /// A value in about three digits: 1234, 12.30, 0.0123, 1.2e-06.
  package static func short(_ value: Double) -> String {
    guard value.isFinite else { return "–" }
    let size = abs(value)
    let text =
      switch size {
      case 0: "0"
      case 1000...: size < 1e7 ? fixed(value, 0) : String(format: "%.2e", value)
      case 100...: fixed(value, 1)
      case 1...: fixed(value, 2)
      case 0.01...: fixed(value, 3)
      case 0.0001...: fixed(value, 5)
      default: String(format: "%.1e", value)
      }
    return text.replacing("-", with: "−")
  }

  /// The same with a plus sign before what is above 0.
  package static func signed(_ value: Double) -> String {
    value > 0 ? "+\(short(value))" : short(value)
  }

  /// `5.21 [5.10, 5.32]`, or `5.21 ± 0.05` where there is only a standard error, with as many
  /// decimals as that has a use for.
  package static func text(_ estimate: Estimate, isSigned: Bool = false) -> String {
    let interval = estimate.interval
    let error = interval.map { ($0.upperBound - $0.lowerBound) / 2 } ?? estimate.standardError
    guard let error, error.isFinite, error > 0, estimate.value.isFinite else {
      return isSigned ? signed(estimate.value) : short(estimate.value)
    }
    // The last decimal is at most half of the error.
    let decimals = Int(min(max(-log10(error / 2), 0), 9).rounded(.up))
    func text(_ number: Double) -> String {
      fixed(number, decimals).replacing("-", with: "−")
    }
    let value = (isSigned && estimate.value > 0 ? "+" : "") + text(estimate.value)
    guard let interval else { return "\(value) ± \(text(error))" }
    return "\(value) [\(text(interval.lowerBound)), \(text(interval.upperBound))]"
  }

  /// A share of 0…1 as percent, which no line breaks apart.
  package static func percent(_ share: Double) -> String {
    guard share.isFinite else { return "–" }
    let digits = abs(share) < 0.1 && share != 0 ? 1 : 0
    return "\(fixed(100 * share, digits))\u{A0}%".replacing("-", with: "−")
  }

  /// p as tables print it: below 0.001 it is that.
  package static func probability(_ p: Double) -> String {
    p < 0.001 ? "< 0.001" : fixed(p, 3)
  }

  /// Seconds as `12 s`, `3 min 5 s` or `2 h 10 min`.
  package static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0, seconds < 1e9 else { return "–" }
    if seconds < 10 { return "\(fixed(seconds, 1)) s" }
    let whole = Int(seconds.rounded())
    if whole < 60 { return "\(whole) s" }
    if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
    return "\(whole / 3600) h \(whole % 3600 / 60) min"
  }

  /// With a number of decimals; a minus sign stays a hyphen, and −0 is 0.
  static func fixed(_ value: Double, _ decimals: Int) -> String {
    let text = String(format: "%.\(decimals)f", value)
    return text.allSatisfy { "-0.".contains($0) } ? text.replacing("-", with: "") : text
  }
}
