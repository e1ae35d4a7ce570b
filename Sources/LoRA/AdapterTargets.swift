public import NN

/// The layers of a model that adapters can hang in, in the order in which the networks were built.
public struct AdapterTargets {
  /// Slots by network.
  public let slots: [(address: LayerAddress, slot: AdapterSlot)]

  private let byAddress: [LayerAddress: AdapterSlot]

  /// The slots of each network.
  public init(_ components: [(AdapterComponent, [AdapterSlot])]) {
    slots = components.flatMap { component, slots in
      slots.map { (LayerAddress(component, $0.name), $0) }
    }
    byAddress = Dictionary(
      slots.map { ($0.address, $0.slot) }, uniquingKeysWith: { first, _ in first })
  }

  /// The slot of a layer; nil where the model has no such layer.
  public subscript(address: LayerAddress) -> AdapterSlot? { byAddress[address] }
}
