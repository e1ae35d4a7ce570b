/// Why an adapter cannot be made, or cannot hang in a model.
public enum AdapterError: Error, Equatable, CustomStringConvertible {
  /// Layers that the adapter is for and the model does not have.
  case noLayers([LayerAddress])

  /// A factor of another shape than its layer needs.
  case shape(layer: LayerAddress, factor: String, given: [Int], needed: [Int], weight: [Int])

  /// A factor that holds an infinity or something that is not a number.
  case notFinite(layer: LayerAddress)

  /// A rank below 1.
  case rank(Int)

  /// An α that is not above 0.
  case alpha(Double)

  /// A dropout outside 0..<1.
  case dropout(Double)

  /// Layers of an adapter whose weights are not in the model's file under any name that is known.
  case notMerged([LayerAddress], model: String)

  /// A plan for layers that the model does not have.
  case noneOf(String)

  /// An adapter without any layer.
  case empty

  /// A model in which another adapter is being trained.
  case inTraining(layer: LayerAddress)

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
    case .rank(let rank): "an adapter of rank \(rank) cannot be; the rank is at least 1"
    case .alpha(let alpha): "α is \(alpha), but it must be above 0: it scales the adapter by α/rank"
    case .dropout(let dropout):
      "a dropout of \(dropout) cannot be; it is a share from 0 up to, but not including, 1"
    case .notMerged(let layers, let model):
      "\(model) has no weight for \(Self.list(layers)), which the adapter changes; nothing was merged, because "
        + "the model stores these layers under names that are not known here"
    case .noneOf(let layers):
      "the model has no layers “\(layers)”; name a group (\(Self.groups)), or the end of layers' names, such as to_q"
    case .empty: "the adapter is for no layer at all; there is nothing to train"
    case .inTraining(let layer):
      "another adapter is being trained in \(layer); detach it before a second one is trained in the same model"
    }
  }

  static func checkDropout(_ dropout: Double) throws {
    guard (0..<1).contains(dropout) else { throw AdapterError.dropout(dropout) }
  }

  private static var groups: String {
    AdapterLayers.groups.map(\.description).joined(separator: ", ")
  }

  private static let shown = 5

  private static func list(_ layers: [LayerAddress]) -> String {
    let rest = layers.count - shown
    return layers.prefix(shown).map(\.description).joined(separator: ", ")
      + (rest > 0 ? " and \(rest) more" : "")
  }
}
