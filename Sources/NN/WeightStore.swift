internal import Torch

/// What a tree of weights stands on: a checkpoint's tensors by name, or a seed to make them from.
///
/// It remembers what was asked for, so that `verify()` can tell everything that is missing,
/// misshapen or left over.
package final class WeightStore {
  enum Tensors {
    /// A file's tensors, and what stands there under the names of the others.
    case file([String: TensorEntry], unreadable: [String: String])
    case seed(UInt64)
  }

  let tensors: Tensors
  /// What messages call the checkpoint: its file or folder.
  let source: String

  /// Elements of all tensors that were asked for.
  private(set) var elementCount = 0

  /// The tensors that layers asked for, in the order of construction.
  var weights: [FrozenWeight] = []

  /// Where adapters can hang in the layers that were made.
  var slots: [AdapterSlot] = []

  private var asked: Set<String> = []
  private var missing: [String] = []
  private var wrong: [String] = []
  private var unreadable: [String] = []

  init(_ tensors: Tensors, source: String) {
    self.tensors = tensors
    self.source = source
  }

  /// The tensor's entry if it is there and fits; what does not fit is written down for `verify()`.
  private func entry(
    _ name: String, _ shape: [Int], in entries: [String: TensorEntry], unreadable: [String: String]
  ) -> TensorEntry? {
    guard let entry = entries[name] else {
      if let what = unreadable[name] {
        self.unreadable.append("\(name) is \(what)")
      } else {
        missing.append("\(name) \(shape)")
      }
      return nil
    }
    guard Self.fits(entry.shape, shape) else {
      wrong.append("\(name) is \(entry.shape), not \(shape)")
      return nil
    }
    guard entry.dtype.isFloatingPoint else {
      wrong.append("\(name) is \(entry.dtype.rawValue), not a floating-point type")
      return nil
    }
    return entry
  }

  /// Registers the wish for a tensor and returns where to read it, in the file's type or `F32` when
  /// made from a seed.
  func origin(of name: String, _ shape: [Int], _ initialisation: Initialisation)
    -> WeightOrigin
  {
    asked.insert(name)
    elementCount += shape.reduce(1, *)
    switch tensors {
    case .seed(let seed):
      return WeightOrigin(
        read: { try initialisation.tensor(shape, name: name, seed: seed) }, release: {})
    case .file(let entries, let unreadable):
      guard let entry = entry(name, shape, in: entries, unreadable: unreadable) else {
        let what = unreadable[name].map { ["\(name) is \($0)"] }
        let error = WeightsError.mismatch(
          source: source, missing: what == nil ? [name] : [], wrong: [], unused: [],
          unreadable: what ?? [])
        return WeightOrigin(read: { throw error }, release: {})
      }
      return WeightOrigin(
        read: { try entry.tensor().reshaped(shape) }, release: { entry.releaseMemory() })
    }
  }

  /// `[512, 512, 1, 1]` stands for `[512, 512]` and the reverse: linear layers were stored as 1×1
  /// convolutions.
  private static func fits(_ stored: [Int], _ wanted: [Int]) -> Bool {
    func trimmed(_ shape: [Int]) -> ArraySlice<Int> {
      var slice = shape[...]
      while slice.count > 1, slice.last == 1 { slice.removeLast() }
      return slice
    }
    return stored == wanted || trimmed(stored) == trimmed(wanted)
  }

  var entries: [String: TensorEntry] {
    if case .file(let entries, _) = tensors { entries } else { [:] }
  }

  func contains(_ name: String) -> Bool {
    entries[name] != nil
  }

  /// - Throws: `WeightsError.mismatch`, which lists every tensor that is missing, misshapen or left
  ///   over.
  func verify(ignoring isIgnored: (String) -> Bool) throws {
    let unused = entries.keys.filter { !asked.contains($0) && !isIgnored($0) }.sorted()
    guard missing.isEmpty, wrong.isEmpty, unused.isEmpty, unreadable.isEmpty else {
      throw WeightsError.mismatch(
        source: source, missing: missing, wrong: wrong, unused: unused, unreadable: unreadable)
    }
  }
}

/// Where a weight comes from.
struct WeightOrigin {
  /// Reads the tensor.
  let read: () throws -> Tensor

  /// Says that it is not read soon, so that its pages need no memory.
  let release: () -> Void
}
