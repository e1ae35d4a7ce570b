/// The tensors that the `data.pkl` of a torch checkpoint describes, by dotted name.
package struct TorchPickle: Sendable {
  /// The tensors of the state dictionary, by full name.
  package let tensors: [String: PickledTensor]
  /// Names whose value is an object that we do not know, with what made it.
  package let unreadable: [String: String]

  /// Reads a pickle. Nothing that it asks for is run.
  ///
  /// A dictionary under `state_dict` is taken instead of the one that holds it, repeatedly; what
  /// nests below is named with dots (`{"a": {"b": t}}` is `a.b`); values that are neither tensors
  /// nor hold tensors are passed over.
  ///
  /// - Throws: ``TorchPickleError``.
  package static func parse(_ bytes: UnsafeRawBufferPointer) throws -> TorchPickle {
    let pickle = try Unpickler.read(bytes)
    var walk = PickleWalk(objects: pickle.objects)
    try walk.visit(walk.stateDictionary(of: pickle.root))
    return TorchPickle(tensors: walk.tensors, unreadable: walk.unreadable)
  }

  /// Looks through one pickle after another, as torch wrote them before 2020, for a request to run
  /// something. What cannot be read ends the search without an error.
  ///
  /// - Throws: ``TorchPickleError/dangerous(_:)``.
  static func refuseDanger(in bytes: UnsafeRawBufferPointer) throws {
    let bytes = UnsafeRawBufferPointer(rebasing: bytes.prefix(Unpickler.Limits().bytes))
    var position = 0
    // Such a file has five pickles, its tensors' bytes after them.
    for _ in 0..<5 where position < bytes.count {
      do {
        position = try Unpickler.read(bytes, at: position).end
      } catch let problem as TorchPickleError {
        if case .dangerous = problem { throw problem }
        return
      }
    }
  }
}

/// A walk through a pickle's values that names the tensors in them.
///
/// Values may be shared and form rings, so depth, number of steps and length of names are bounded.
private struct PickleWalk {
  static let maximumDepth = 64
  static let maximumSteps = 1 << 20
  static let maximumNames = 1 << 17
  static let maximumNameLength = 1024

  let objects: [PickleObject]
  var tensors: [String: PickledTensor] = [:]
  var unreadable: [String: String] = [:]
  private var steps = 0

  init(objects: [PickleObject]) {
    self.objects = objects
  }

  /// The innermost `state_dict`, or `root` without one.
  func stateDictionary(of root: PickleValue) throws -> PickleValue {
    var value = root
    for _ in 0..<Self.maximumDepth {
      guard case .object(let index) = value, case .dictionary(let pairs) = objects[index],
        let inner = pairs.last(where: { $0.key == .string("state_dict") })?.value,
        case .object(let innerIndex) = inner, case .dictionary = objects[innerIndex]
      else { return value }
      value = inner
    }
    throw TorchPickleError.tooLarge("dictionaries inside each other")
  }

  /// Names the tensors of a checkpoint's outermost value.
  mutating func visit(_ root: PickleValue) throws {
    guard case .object(let index) = root else {
      throw TorchPickleError.noStateDictionary("a number or text")
    }
    switch objects[index] {
    case .dictionary: break
    case .instance(let global, _) where global.module.hasPrefix("__torch__"): break
    case .instance(let global, _): throw TorchPickleError.noStateDictionary(global.description)
    case .opaque(let what): throw TorchPickleError.noStateDictionary(what)
    case .global(let global): throw TorchPickleError.noStateDictionary(global.description)
    case .tensor: throw TorchPickleError.noStateDictionary("a single tensor")
    case .tuple, .list: throw TorchPickleError.noStateDictionary("a list")
    case .storage: throw TorchPickleError.noStateDictionary("a storage")
    }
    try visit(root, name: "", depth: 0)
  }

  private mutating func visit(_ value: PickleValue, name: String, depth: Int) throws {
    guard case .object(let index) = value else { return }
    guard depth <= Self.maximumDepth else {
      throw TorchPickleError.tooLarge("dictionaries inside each other")
    }
    switch objects[index] {
    case .tensor(let tensor):
      guard tensors.updateValue(tensor, forKey: name) == nil else {
        throw TorchPickleError.duplicate(name)
      }
    case .opaque(let what): unreadable[name] = what
    case .dictionary(let pairs):
      try count(pairs.count)
      for (key, value) in pairs {
        guard case .object = value, let key = text(key) else { continue }
        try visit(value, name: try join(name, key), depth: depth + 1)
      }
    case .tuple(let items), .list(let items):
      try count(items.count)
      for (place, item) in items.enumerated() {
        guard case .object = item else { continue }
        try visit(item, name: try join(name, String(place)), depth: depth + 1)
      }
    case .instance(let global, let state):
      if global.module.hasPrefix("__torch__") {
        try visit(state, name: name, depth: depth + 1)
      } else {
        unreadable[name] = global.description
      }
    case .global, .storage: break
    }
    guard tensors.count + unreadable.count <= Self.maximumNames else {
      throw TorchPickleError.tooLarge("tensors")
    }
  }

  /// Counts steps, because a value that is shared is walked each time it is met.
  private mutating func count(_ values: Int) throws {
    steps += values + 1
    guard steps <= Self.maximumSteps else { throw TorchPickleError.tooLarge("values") }
  }

  private func text(_ key: PickleValue) -> String? {
    switch key {
    case .string(let text): text
    case .integer(let number): String(number)
    default: nil
    }
  }

  private func join(_ name: String, _ key: String) throws -> String {
    guard name.utf8.count + key.utf8.count < Self.maximumNameLength else {
      throw TorchPickleError.tooLarge("letters in a name")
    }
    return name.isEmpty ? key : "\(name).\(key)"
  }
}
