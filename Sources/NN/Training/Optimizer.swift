public import Torch

/// Changes parameters by their gradients.
public protocol Optimizer: AnyObject {
  /// What is changed, in a fixed order.
  var parameters: [TrainableParameter] { get }

  /// Steps taken so far.
  var stepCount: Int { get }

  /// Takes a step.
  ///
  /// - Parameters:
  ///   - gradients: one for each parameter, of its shape, in their order.
  ///   - learningRate: η of this step.
  func step(_ gradients: [Tensor], learningRate: Double) throws

  /// All that the next step depends on besides the parameters, by name.
  func state() throws -> [String: Tensor]

  /// Goes on from what `state()` gave.
  ///
  /// - Throws: `TrainingError` where it is of another training; nothing has changed then.
  func restore(_ state: [String: Tensor]) throws
}

/// What an optimiser keeps for each of its parameters: tensors of their shapes, which start at
/// zero.
struct OptimizerMemory {
  private let names: [String]
  private(set) var tensors: [String: [Tensor]] = [:]

  /// - Parameter kinds: what is kept, such as `exp_avg`.
  init(_ kinds: [String], for parameters: [TrainableParameter]) throws {
    names = parameters.map(\.name)
    for kind in kinds {
      tensors[kind] = try parameters.map {
        try .zeros($0.tensor.shape, device: $0.tensor.device)
      }
    }
  }

  subscript(kind: String) -> [Tensor] { tensors[kind] ?? [] }

  private static let stepName = "step"

  /// Copies by `<parameter>.<kind>`, and the number of steps.
  func state(stepCount: Int) throws -> [String: Tensor] {
    var state = [Self.stepName: try Tensor([stepCount], shape: [1])]
    for (kind, list) in tensors {
      for (name, tensor) in zip(names, list) { state["\(name).\(kind)"] = try tensor.clone() }
    }
    return state
  }

  /// - Returns: the number of steps.
  func restore(_ state: [String: Tensor]) throws -> Int {
    var places = [Self.stepName: nil as Tensor?]
    for (kind, list) in tensors {
      for (name, tensor) in zip(names, list) { places["\(name).\(kind)"] = tensor }
    }
    let (wanted, given) = (Set(places.keys), Set(state.keys))
    guard wanted == given else {
      throw TrainingError.state(
        missing: wanted.subtracting(given).sorted(), unused: given.subtracting(wanted).sorted())
    }
    for (name, place) in places {
      let needed = place?.shape ?? [1]
      guard let found = state[name], found.shape != needed else { continue }
      throw TrainingError.stateShape(name: name, given: found.shape, needed: needed)
    }
    for (name, place) in places {
      if let place, let found = state[name] { try place.assign(found.to(device: place.device)) }
    }
    return try state[Self.stepName]?.integers().first ?? 0
  }
}
