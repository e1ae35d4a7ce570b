/// Why an adapter cannot be made, or cannot hang in a model.
public enum AdapterError: Error, Equatable, CustomStringConvertible {
  /// Layers that the adapter is for and the model does not have.
  case noLayers([LayerAddress])

  /// A factor of another shape than its layer needs.
  case shape(layer: LayerAddress, factor: String, given: [Int], needed: [Int], weight: [Int])

  /// A factor that holds an infinity or something that is not a number.
  case notFinite(layer: LayerAddress)

  /// What is wrong, where, and what to do.
  public var description: String {
    switch self {
    case .noLayers(let layers):
      "the model has no layer \(Self.list(layers)), which the adapter is for; the adapter is of another base"
    case .shape(let layer, let factor, let given, let needed, let weight):
      "the adapter's \(factor) factor for \(layer) has the shape \(given), but the layer's weight of \(weight) needs "
        + "\(needed); the adapter is of another base"
    case .notFinite(let layer):
      "the adapter's factors for \(layer) hold an infinity or a NaN; the file is damaged or its training diverged"
    }
  }

  private static let shown = 5

  private static func list(_ layers: [LayerAddress]) -> String {
    let rest = layers.count - shown
    return layers.prefix(shown).map(\.description).joined(separator: ", ")
      + (rest > 0 ? " and \(rest) more" : "")
  }
}
