/// Why training cannot begin, or go on.
public enum TrainingError: Error, Equatable, CustomStringConvertible {
  /// A number that makes no sense; the text says which and what does.
  case setting(String)

  /// A gradient that is an infinity or not a number.
  case gradientNotFinite(parameter: String)

  /// The state of an optimiser that is of another training.
  case state(missing: [String], unused: [String])

  /// A tensor of an optimiser's state that has another shape than its parameter.
  case stateShape(name: String, given: [Int], needed: [Int])

  /// What is wrong, where, and what to do.
  public var description: String {
    switch self {
    case .setting(let text): text
    case .gradientNotFinite(let parameter):
      "the gradient of \(parameter) became NaN or infinite, and nothing was changed by it; "
        + "check the examples, lower the learning rate, or compute in fp32"
    case .state(let missing, let unused):
      "the optimiser's state is of another training: "
        + [
          missing.isEmpty ? nil : "\(missing.count) tensors are missing, such as \(missing[0])",
          unused.isEmpty ? nil : "\(unused.count) are not asked for, such as \(unused[0])",
        ].compactMap(\.self).joined(separator: "; ")
    case .stateShape(let name, let given, let needed):
      "\(name) of the optimiser's state has the shape \(given), but its parameter needs \(needed); "
        + "it is of another training"
    }
  }
}
