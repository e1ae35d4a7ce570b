internal import Files
import Foundation

/// A pickle machine that runs nothing: it imports no module, calls no function and makes no object
/// of a class, it only notes what a pickle says.
///
/// Work and memory grow linearly with the pickle's length: no instruction copies what is already
/// there. ``Limits`` bound the rest. Any input ends in a value or an error.
struct Unpickler {
  /// How much a pickle may ask for.
  struct Limits {
    /// Bytes that are read; a checkpoint with ten thousand tensors has about two million.
    var bytes = 256 << 20
    /// Values on the stack at once.
    var stack = 1 << 20
    /// Values remembered by number.
    var memo = 1 << 21
    /// Tuples, lists, dictionaries and the like.
    var objects = 1 << 21
    /// Pairs copied from lists into dictionaries, which may be the same list each time.
    var pairs = 1 << 20
    /// Bytes of a module's or an object's name.
    var name = 1024
  }

  private let limits: Limits
  private var reader: ByteReader
  private var stack: [PickleValue] = []
  private var marks: [Int] = []
  private var memo: [Int: PickleValue] = [:]
  private var objects: [PickleObject] = []
  private var copiedPairs = 0

  private init(_ bytes: UnsafeRawBufferPointer, at start: Int, limits: Limits) {
    self.limits = limits
    reader = ByteReader(bytes, at: start)
  }

  /// Reads the pickle that begins at byte `start` of `bytes`.
  ///
  /// - Throws: ``TorchPickleError``.
  static func read(
    _ bytes: UnsafeRawBufferPointer, at start: Int = 0, limits: Limits = Limits()
  ) throws -> Pickle {
    guard bytes.count <= limits.bytes else { throw TorchPickleError.tooLarge("bytes") }
    var machine = Unpickler(bytes, at: start, limits: limits)
    return try machine.run()
  }

  private mutating func run() throws -> Pickle {
    while true {
      let position = reader.position
      guard let code = reader.byte() else { throw TorchPickleError.truncated }
      guard let opcode = PickleOpcode(rawValue: code) else {
        throw TorchPickleError.unknownInstruction(code, at: position)
      }
      if opcode == .stop {
        return Pickle(root: try pop(), objects: objects, end: reader.position)
      }
      try execute(opcode)
      guard stack.count <= limits.stack, marks.count <= limits.stack else {
        throw TorchPickleError.tooLarge("values on its stack")
      }
      guard memo.count <= limits.memo else { throw TorchPickleError.tooLarge("values in its memo") }
      guard objects.count <= limits.objects else { throw TorchPickleError.tooLarge("objects") }
    }
  }

  private mutating func execute(_ opcode: PickleOpcode) throws {
    switch opcode {
    case .proto:
      guard try field(UInt8.self) <= 5 else { throw malformed("it is of an unknown protocol") }
    case .frame: _ = try field(UInt64.self)
    case .stop: break

    case .mark: marks.append(stack.count)
    case .pop: _ = try pop()
    case .popMark: _ = try popToMark()

    case .none: stack.append(.none)
    case .newTrue: stack.append(.bool(true))
    case .newFalse: stack.append(.bool(false))
    case .binInt: stack.append(.integer(Int(try field(Int32.self))))
    case .binInt1: stack.append(.integer(Int(try field(UInt8.self))))
    case .binInt2: stack.append(.integer(Int(try field(UInt16.self))))
    case .long1: stack.append(integer(try bytes(Int(try field(UInt8.self)))))
    case .binFloat:
      _ = try field(UInt64.self)
      stack.append(.other)
    case .binUnicode: try pushText(Int(try field(UInt32.self)))
    case .shortBinUnicode, .shortBinString: try pushText(Int(try field(UInt8.self)))
    case .textString, .textUnicode:
      _ = try line()
      stack.append(.other)
    case .shortBinBytes: try pushBytes(Int(try field(UInt8.self)))
    case .binBytes: try pushBytes(Int(try field(UInt32.self)))

    case .emptyTuple: push(.tuple([]))
    case .tuple: push(.tuple(try popToMark()))
    case .tuple1: push(.tuple(try pop(count: 1)))
    case .tuple2: push(.tuple(try pop(count: 2)))
    case .tuple3: push(.tuple(try pop(count: 3)))
    case .emptyList, .emptySet: push(.list([]))
    case .append: try append(try pop(count: 1))
    case .appends, .addItems: try append(try popToMark())
    case .emptyDictionary: push(.dictionary([]))
    case .setItem: try setItems(try pop(count: 2))
    case .setItems: try setItems(try popToMark())

    case .binPut: memo[Int(try field(UInt8.self))] = try top()
    case .longBinPut: memo[Int(try field(UInt32.self))] = try top()
    case .memoize: memo[memo.count] = try top()
    case .binGet: try pushMemo(Int(try field(UInt8.self)))
    case .longBinGet: try pushMemo(Int(try field(UInt32.self)))

    case .global: try pushGlobal(module: try line(), name: try line())
    case .stackGlobal:
      let names = try pop(count: 2)
      guard case .string(let module) = names[0], case .string(let name) = names[1] else {
        throw malformed("it names an object by something that is no text")
      }
      try pushGlobal(module: module, name: name)
    case .instance:
      try pushGlobal(module: try line(), name: try line())
      let callable = try pop()
      _ = try popToMark()
      push(.opaque(try global(callable)?.description ?? ""))
    case .reduce: try reduce(try pop(count: 2))
    case .newObject: try newObject(try pop(count: 2))
    case .build: try build(try pop())
    case .binPersistentID: push(try persistent(try pop()))
    }
  }

  private func malformed(_ problem: String) -> TorchPickleError { .malformed(problem) }
}

// MARK: Bytes

extension Unpickler {
  private mutating func field<T: FixedWidthInteger>(_ type: T.Type) throws -> T {
    guard let value = reader.integer(type) else { throw TorchPickleError.truncated }
    return value
  }

  private mutating func bytes(_ count: Int) throws -> UnsafeRawBufferPointer {
    guard let bytes = reader.take(count) else { throw TorchPickleError.truncated }
    return bytes
  }

  private mutating func line() throws -> String {
    guard let line = reader.line() else { throw TorchPickleError.truncated }
    guard let text = String(validating: line, as: UTF8.self) else {
      throw malformed("a name is no UTF-8 text")
    }
    return text
  }

  private mutating func pushText(_ count: Int) throws {
    // Python writes lone surrogates too, which no tensor's name has.
    stack.append(
      String(validating: try bytes(count), as: UTF8.self).map(PickleValue.string) ?? .other)
  }

  private mutating func pushBytes(_ count: Int) throws {
    _ = try bytes(count)
    stack.append(.other)
  }

  /// A little-endian two's complement integer of any length.
  private func integer(_ bytes: UnsafeRawBufferPointer) -> PickleValue {
    guard bytes.count <= 8, let last = bytes.last else {
      return bytes.isEmpty ? .integer(0) : .other
    }
    var value = last & 0x80 == 0 ? 0 : -1
    for byte in bytes.reversed() { value = value << 8 | Int(byte) }
    return .integer(value)
  }
}

// MARK: Stack and memo

extension Unpickler {
  private mutating func push(_ object: PickleObject) {
    stack.append(.object(objects.count))
    objects.append(object)
  }

  private func top() throws -> PickleValue {
    guard let value = stack.last, stack.count > marks.last ?? 0 else {
      throw malformed("it takes a value that is not there")
    }
    return value
  }

  private mutating func pop() throws -> PickleValue {
    let value = try top()
    stack.removeLast()
    return value
  }

  private mutating func pop(count: Int) throws -> [PickleValue] {
    guard stack.count - (marks.last ?? 0) >= count else {
      throw malformed("it takes values that are not there")
    }
    defer { stack.removeLast(count) }
    return Array(stack.suffix(count))
  }

  private mutating func popToMark() throws -> [PickleValue] {
    guard let mark = marks.popLast() else { throw malformed("it ends a group that never began") }
    defer { stack.removeSubrange(mark...) }
    return Array(stack[mark...])
  }

  private mutating func pushMemo(_ number: Int) throws {
    guard let value = memo[number] else {
      throw malformed("it asks for value \(number), which it never stored")
    }
    stack.append(value)
  }

  private func object(_ value: PickleValue) -> PickleObject? {
    guard case .object(let index) = value else { return nil }
    return objects[index]
  }

  private func global(_ value: PickleValue) throws -> PickleGlobal? {
    guard case .global(let global)? = object(value) else { return nil }
    return global
  }

  private func tuple(_ value: PickleValue) -> [PickleValue]? {
    guard case .tuple(let items)? = object(value) else { return nil }
    return items
  }
}

// MARK: Containers

extension Unpickler {
  private mutating func append(_ items: [PickleValue]) throws {
    guard case .object(let index) = try top() else { throw malformed("it appends to no list") }
    switch objects[index] {
    case .list(var list):
      // Emptied first, so that the list has one owner and grows in place.
      objects[index] = .list([])
      list.append(contentsOf: items)
      objects[index] = .list(list)
    case .instance, .opaque: break
    default: throw malformed("it appends to no list")
    }
  }

  private mutating func setItems(_ items: [PickleValue]) throws {
    guard items.count.isMultiple(of: 2) else { throw malformed("a key has no value") }
    guard case .object(let index) = try top() else {
      throw malformed("it sets items of no dictionary")
    }
    switch objects[index] {
    case .dictionary(var pairs):
      objects[index] = .dictionary([])
      for place in stride(from: 0, to: items.count, by: 2) {
        pairs.append((key: items[place], value: items[place + 1]))
      }
      objects[index] = .dictionary(pairs)
    case .instance, .opaque: break
    default: throw malformed("it sets items of no dictionary")
    }
  }
}

// MARK: Names and calls, none of which is followed

extension Unpickler {
  private mutating func pushGlobal(module: String, name: String) throws {
    guard module.utf8.count <= limits.name, name.utf8.count <= limits.name else {
      throw TorchPickleError.tooLarge("letters in a name")
    }
    let global = PickleGlobal(module: module, name: name)
    guard !global.isDangerous else { throw TorchPickleError.dangerous(global) }
    push(.global(global))
  }

  private mutating func reduce(_ call: [PickleValue]) throws {
    guard let arguments = tuple(call[1]) else { throw malformed("a call has no arguments") }
    guard let global = try global(call[0]) else {
      return push(.opaque("a call of something that is no name"))
    }
    try reduce(global, arguments)
  }

  private mutating func reduce(_ global: PickleGlobal, _ arguments: [PickleValue]) throws {
    switch global.role {
    case .orderedDictionary: push(.dictionary(try pairs(arguments)))
    case .tensor, .typedTensor: push(try tensor(global, arguments))
    case .parameter:
      guard let first = arguments.first else { throw malformed("a parameter has no tensor") }
      stack.append(first)
    case .size:
      guard let first = arguments.first else { throw malformed("a size has no numbers") }
      stack.append(first)
    case .wrapped:
      // (function, class, arguments, attributes): a tensor that has attributes of its own.
      guard arguments.count == 4, let inner = try self.global(arguments[0]),
        let innerArguments = tuple(arguments[2])
      else { throw malformed("a tensor with attributes is not fully described") }
      // One level and no more: what nests has no end that is known beforehand.
      if inner.role == .wrapped { return push(.opaque(inner.description)) }
      try reduce(inner, innerArguments)
    case .unknown: push(.opaque(global.description))
    }
  }

  /// The pairs that an ordered dictionary is made of: none, or those of a list in old pickles.
  private mutating func pairs(
    _ arguments: [PickleValue]
  ) throws -> [(key: PickleValue, value: PickleValue)] {
    guard let first = arguments.first else { return [] }
    guard arguments.count == 1, case .list(let items)? = object(first) else {
      throw malformed("a dictionary is made of something else than pairs")
    }
    copiedPairs += items.count
    guard copiedPairs <= limits.pairs else { throw TorchPickleError.tooLarge("pairs in lists") }
    return try items.map { item in
      let pair: [PickleValue]? =
        switch object(item) {
        case .tuple(let pair), .list(let pair): pair
        default: nil
        }
      guard let pair, pair.count == 2 else {
        throw malformed("a dictionary is made of something else than pairs")
      }
      return (key: pair[0], value: pair[1])
    }
  }

  private mutating func newObject(_ call: [PickleValue]) throws {
    if let global = try global(call[0]) {
      push(.instance(global, state: .none))
    } else {
      push(.opaque("an instance of something that is no name"))
    }
  }

  private mutating func build(_ state: PickleValue) throws {
    guard case .object(let index) = try top() else {
      throw malformed("it gives a state to no object")
    }
    // What a dictionary or a tensor has beside its contents (`_metadata`) is of no interest.
    if case .instance(let global, _) = objects[index] {
      objects[index] = .instance(global, state: state)
    }
  }

  /// A storage: `("storage", class, key, device, count)`.
  private func persistent(_ identifier: PickleValue) throws -> PickleObject {
    guard let parts = tuple(identifier), parts.count == 5, parts[0] == .string("storage"),
      let global = try global(parts[1]), case .string(let key) = parts[2],
      case .integer(let count) = parts[4], count >= 0
    else { throw malformed("it refers to something that is no storage") }
    guard let element = global.storage else { return .opaque(global.description) }
    return .storage(PickledStorage(key: key, element: element, count: count))
  }

  /// A tensor: `(storage, offset, shape, strides, requires_grad, hooks[, type], …)`.
  private func tensor(_ global: PickleGlobal, _ arguments: [PickleValue]) throws -> PickleObject {
    let isTyped = global.role == .typedTensor
    guard arguments.count >= (isTyped ? 7 : 6) else {
      throw malformed("a tensor is not fully described")
    }
    let storage: PickledStorage
    switch object(arguments[0]) {
    case .storage(let known): storage = known
    case .opaque(let what): return .opaque(what)
    default: throw malformed("a tensor has no storage")
    }
    guard case .integer(let offset) = arguments[1], let shape = integers(arguments[2]),
      let strides = integers(arguments[3])
    else { throw malformed("a tensor is not fully described") }
    switch (isTyped, storage.element) {
    case (false, .typed(let dtype)):
      return .tensor(try PickledTensor(dtype, shape, strides, offset, storage))
    case (true, _):
      guard let type = try self.global(arguments[6]) else {
        throw malformed("a tensor has no type")
      }
      guard let dtype = type.dtype else { return .opaque(type.description) }
      return .tensor(try PickledTensor(dtype, shape, strides, offset, storage))
    case (false, .bytes): throw malformed("a tensor has no type")
    }
  }

  private func integers(_ value: PickleValue) -> [Int]? {
    guard let items = tuple(value), items.count <= PickledTensor.maximumRank else { return nil }
    let integers = items.compactMap { item in
      if case .integer(let integer) = item { integer } else { nil }
    }
    return integers.count == items.count ? integers : nil
  }
}
