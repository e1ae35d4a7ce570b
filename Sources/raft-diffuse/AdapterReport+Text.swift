internal import Foundation
internal import LoRA

/// What `lora inspect` prints for people.
extension AdapterReport {
  /// The report for people.
  var text: String {
    var lines = [
      "\(file)", "  form: \(form.title), stored as \(dtypes.joined(separator: ", "))",
      "  rank: \(Self.listed(ranks))", "  alpha: \(Self.listed(alphas))\(alphaNote)",
      "  scale: \(Self.listed(scales))",
      "  layers: \(layers), \(parameters) parameters",
      "  hash: \(hash.prefix(12))",
    ]
    lines.append("  targets:")
    lines += targets.sorted { $0.key < $1.key }.map { "    \($0.key): \($0.value)" }
    lines.append("  change of the weights, ‖s·B·A‖\(relativeChange == nil ? "" : " and over ‖W‖"):")
    lines += blocks.map { "    \($0.name): \(Self.shown($0.changeNorm, $0.relativeChange))" }
    lines.append("    in all: \(Self.shown(changeNorm, relativeChange))")
    if !metadata.isEmpty {
      lines.append("  metadata:")
      lines += metadata.sorted { $0.key < $1.key }.map { key, value in
        let flat = value.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return "    \(key): \(flat.count > 200 ? "\(flat.prefix(200))…" : flat)"
      }
    }
    return lines.map(ImageReport.harmless).joined(separator: "\n")
  }

  private var alphaNote: String {
    switch alphaOrigin {
    case .absent:
      " (the file says none, so it is the rank and the scale is 1)"
    case .metadata: " (from the metadata)"
    case .configuration: " (from adapter_config.json)"
    case .tensors where layersWithoutAlpha > 0:
      " (the file says none for \(layersWithoutAlpha) layers, so it is their rank and their scale is 1)"
    case .tensors: ""
    }
  }

  private static func shown(_ norm: Double, _ relative: Double?) -> String {
    let share = relative.map { String(format: " (%.3g %%)", 100 * $0) } ?? ""
    return String(format: "%.4g", norm) + share
  }

  /// `4`, or `4 on 100 layers, 8 on 28`.
  private static func listed(_ counts: [String: Int]) -> String {
    let sorted = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    if sorted.count == 1, let only = sorted.first { return only.key }
    return sorted.map { "\($0.key) on \($0.value)" }.joined(separator: ", ") + " layers"
  }
}
