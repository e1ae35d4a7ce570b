internal import Files
package import LoRA
internal import NN
package import Torch

/// Adapters that become part of a model's weights: `W′ = W + Σ m·s·B·A`.
///
/// The sum is made in `F32` from the stored weight and then rounded to the type that is stored.
package struct AdapterMerge {
  /// How much of the adapters the stored type kept.
  package struct Report {
    /// Tensors that were changed.
    package fileprivate(set) var merged = 0

    /// Files that were left out because they hold the model without the adapters.
    package var leftOut: [String] = []

    /// The type of most changed tensors.
    package var dtype: DType? { dtypes.max { $0.value < $1.value }?.key }

    /// The length of what rounding took away or added, over that of the whole change.
    package var lost: Double {
      changeSquared > 0 ? (lostSquared / changeSquared).squareRoot() : 0
    }

    fileprivate var dtypes: [DType: Int] = [:]
    fileprivate var lostSquared = 0.0
    fileprivate var changeSquared = 0.0

    package init() {}
  }

  /// The adapters and m, how much of each.
  let adapters: [(weights: AdapterWeights, scale: Double)]

  /// What the networks are stored as; nil for each tensor's own type.
  let dtype: DType?

  /// - Parameter adapters: the adapters, which fit the model, and how much of each.
  package init(_ adapters: [(weights: AdapterWeights, scale: Double)], dtype: DType?) {
    self.adapters = adapters
    self.dtype = dtype
  }

  /// The networks that something is added to.
  var components: Set<AdapterComponent> {
    Set(adapters.flatMap { $0.weights.layers.keys.map(\.component) })
  }

  /// The layers that something is added to.
  private var layers: Set<LayerAddress> {
    Set(adapters.flatMap { $0.scale == 0 ? [] : Array($0.weights.layers.keys) })
  }

  /// Writes the tensors of `file` into one safetensors file, merged.
  ///
  /// - Parameters:
  ///   - components: the networks whose weights are all in the file.
  ///   - layer: the network that a tensor belongs to and its name there; nil for what stays as it
  ///     is.
  /// - Throws: `AdapterError.notMerged` before anything is written, where a layer of the adapters
  ///   has no weight in the file.
  func write(
    _ file: TensorFile, of components: [AdapterComponent], to path: String, report: inout Report,
    layer: (String) -> (component: AdapterComponent, name: String)?
  ) throws {
    let account = Account(report)
    var untouched = layers.filter { components.contains($0.component) }
    let items = file.names.compactMap { stored -> SafetensorsWriter.Item? in
      guard let entry = file.entries[stored] else { return nil }
      guard let (component, name) = layer(stored), entry.dtype.isFloatingPoint else {
        return Self.unchanged(entry)
      }
      let target = dtype ?? entry.dtype
      let changes = changes(of: component, tensor: name)
      if let changed = changes.first?.layer { untouched.remove(changed) }
      guard !changes.isEmpty || target != entry.dtype else { return Self.unchanged(entry) }
      return SafetensorsWriter.Item(name: stored, dtype: target, shape: entry.shape) { write in
        let merged = try Self.merged(entry, changes, target, account)
        try merged.withBytes { try write($0) }
        entry.releaseMemory()
      }
    }
    guard untouched.isEmpty else {
      throw AdapterError.notMerged(untouched.sorted(), model: file.path)
    }
    var metadata = file.metadata
    metadata["raft.merged_adapters"] = String(adapters.count)
    try SafetensorsWriter.write(items, metadata: metadata, to: path)
    report = account.report
  }

  /// What one adapter adds to a layer's weight.
  private struct Change {
    let layer: LayerAddress
    let factors: LowRankFactors
    let scale: Double
  }

  /// What changes a tensor, adapter by adapter.
  private func changes(of component: AdapterComponent, tensor name: String)
    -> [Change]
  {
    guard name.hasSuffix(".weight") else { return [] }
    let layer = LayerAddress(component, String(name.dropLast(7)))
    return adapters.compactMap { weights, scale in
      scale == 0
        ? nil : weights.layers[layer].map { Change(layer: layer, factors: $0, scale: scale) }
    }
  }

  /// Collects what the writer's closures find out.
  private final class Account {
    var report: Report

    init(_ report: Report) { self.report = report }
  }

  private static func merged(
    _ entry: TensorEntry, _ changes: [Change], _ target: DType, _ account: Account
  ) throws -> Tensor {
    let weight = try entry.tensor().to(.float32)
    guard let first = changes.first else { return try checked(weight, target, entry) }
    let change = try changes.dropFirst()
      .reduce(first.factors.weightChange() * first.scale) { sum, next in
        try sum + next.factors.weightChange() * next.scale
      }
      .reshaped(entry.shape)
    let merged = try checked(weight + change, target, entry)
    // What the type makes of the weight alone is not the adapter's loss.
    let kept = try merged.to(.float32) - weight.to(target).to(.float32)
    let (lost, whole) = try ((kept - change).norm().item(), change.norm().item())
    account.report.merged += 1
    account.report.dtypes[target, default: 0] += 1
    account.report.lostSquared += lost * lost
    account.report.changeSquared += whole * whole
    return merged
  }

  private static func checked(_ tensor: Tensor, _ target: DType, _ entry: TensorEntry) throws
    -> Tensor
  {
    let rounded = try tensor.to(target).contiguous()
    guard try rounded.isFinite() else {
      guard try tensor.isFinite() else {
        throw WeightsError.notFinite(name: entry.name, source: entry.file.path)
      }
      throw WeightsError.tooLarge(
        name: entry.name, source: entry.file.path, dtype: target.rawValue)
    }
    return rounded
  }

  /// A tensor's bytes as they are.
  private static func unchanged(_ entry: TensorEntry) -> SafetensorsWriter.Item {
    SafetensorsWriter.Item(name: entry.name, dtype: entry.dtype, shape: entry.shape) { write in
      if let bytes = entry.bytes {
        try entry.file.withUnsafeBytes { try write(UnsafeRawBufferPointer(rebasing: $0[bytes])) }
      } else {
        try entry.copiedBytes().withUnsafeBytes { try write($0) }
      }
      entry.releaseMemory()
    }
  }
}
