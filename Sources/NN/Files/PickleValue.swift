/// A Python value as far as a checkpoint needs it.
///
/// Whatever can hold other values lies in the pickle's list of objects and is named by its place
/// there. So values may share objects and even form rings, and none of it is walked, copied or
/// freed recursively.
enum PickleValue: Sendable, Equatable {
  case none
  case bool(Bool)
  case integer(Int)
  case string(String)
  /// A value without interest for weights: a float, bytes, an integer beyond 64 bits.
  case other
  /// An index into ``Pickle/objects``.
  case object(Int)
}

/// What a ``PickleValue/object(_:)`` names.
enum PickleObject: Sendable {
  case tuple([PickleValue])
  case list([PickleValue])
  case dictionary([(key: PickleValue, value: PickleValue)])
  case global(PickleGlobal)
  case storage(PickledStorage)
  case tensor(PickledTensor)
  /// An instance of a class that we do not know, with the state it was given.
  case instance(PickleGlobal, state: PickleValue)
  /// What a call that we do not know would have made.
  case opaque(String)
}

/// What a pickle holds.
struct Pickle: Sendable {
  /// The value it was made of.
  let root: PickleValue
  /// The objects that values name.
  let objects: [PickleObject]
  /// The byte after its last.
  let end: Int
}
