internal import Torch

/// A cursor in a checkpoint's name tree: constructing a layer from it *is* loading the layer.
///
/// `weights["down_blocks"][0]["resnets"][1]` stands at `down_blocks.0.resnets.1`. Nothing is read
/// until a layer is used; shapes and types are checked at once, and `verify()` tells everything
/// that does not fit.
public struct Weights {
  /// Where the layers below compute.
  public let placement: Placement

  private let store: WeightStore
  private let path: String

  private init(_ store: WeightStore, path: String, placement: Placement) {
    self.store = store
    self.path = path
    self.placement = placement
  }

  /// The tensors of a checkpoint.
  ///
  /// - Parameters:
  ///   - entries: tensors by the name that the layers use.
  ///   - unreadable: names whose value is no plain tensor, with what it is instead.
  ///   - source: what messages call the checkpoint.
  package init(
    _ entries: [String: TensorEntry], unreadable: [String: String] = [:], source: String,
    placement: Placement
  ) {
    let store = WeightStore(.file(entries, unreadable: unreadable), source: source)
    self.init(store, path: "", placement: placement)
  }

  /// Weights that start from random numbers; equal seeds make equal models, whatever the order of
  /// construction.
  public init(seed: UInt64, placement: Placement = Placement()) {
    self.init(WeightStore(.seed(seed), source: "seed \(seed)"), path: "", placement: placement)
  }

  /// What messages call the checkpoint: its file, or its seed.
  package var source: String { store.source }

  /// Elements of all tensors that layers have asked for so far.
  package var elementCount: Int { store.elementCount }

  /// The slots of all layers made so far at this place and below, in the order of construction.
  package var slots: [AdapterSlot] {
    guard !path.isEmpty else { return store.slots }
    return store.slots.filter { $0.name == path || $0.name.hasPrefix(path + ".") }
  }

  /// A slot for adapters in the layer here, whose weight is `weight`.
  func slot(_ weight: FrozenWeight, _ geometry: LayerGeometry) -> AdapterSlot {
    let slot = AdapterSlot(weight, name: path, geometry: geometry)
    store.slots.append(slot)
    return slot
  }

  /// All of the checkpoint's tensors by name; none for weights made from a seed.
  package var entries: [String: TensorEntry] { store.entries }

  /// The subtree `name`, which may itself hold dots.
  public subscript(name: String) -> Weights {
    Weights(store, path: fullName(name), placement: placement)
  }

  /// The same place for layers that compute in fp32 whatever the others do: small ones where
  /// rounding would cost most.
  package var inFullPrecision: Weights {
    let full = Placement(device: placement.device, dtype: .float32, rounding: placement.rounding)
    return Weights(store, path: path, placement: full)
  }

  /// Element `index` of a list of layers.
  public subscript(index: Int) -> Weights { self[String(index)] }

  /// The tensor's name from the root.
  package func fullName(_ name: String) -> String {
    path.isEmpty ? name : name.isEmpty ? path : "\(path).\(name)"
  }

  /// Whether the checkpoint has `name` here; false for weights made from a seed.
  package func contains(_ name: String) -> Bool { store.contains(fullName(name)) }

  /// The tensor `name` of `shape`, read when it is first used.
  package func frozen(_ name: String, _ shape: [Int], _ initialisation: Initialisation)
    -> FrozenWeight
  {
    let name = fullName(name)
    let weight = FrozenWeight(
      name: name, shape: shape, source: store.source, placement: placement,
      origin: store.origin(of: name, shape, initialisation))
    store.weights.append(weight)
    return weight
  }

  /// Makes all weights that layers have asked for so far, here and below, ones that training
  /// changes, in the order of construction.
  ///
  /// Gradients flow into them wherever the model is called with gradients recorded; packed kernels
  /// are not used any more.
  package func thawed() throws -> [TrainableParameter] {
    let below = path.isEmpty ? "" : path + "."
    return try store.weights.filter { $0.name.hasPrefix(below) }.map { try $0.thaw() }
  }

  /// Tells everything that is missing, misshapen or left over, once all layers are constructed.
  ///
  /// - Parameter isIgnored: tensors that may be left over, such as `position_ids`.
  package func verify(ignoring isIgnored: (String) -> Bool = { _ in false }) throws {
    try store.verify(ignoring: isIgnored)
  }
}
