/// A message in Protocol Buffers' wire format, field by field.
///
/// TensorBoard's events are four small messages that are only ever written. The library for the format
/// would bring its compiler into every build, which takes longer than all of ours.
struct ProtobufMessage: Sendable, Equatable {
  /// What is written so far.
  private(set) var bytes: [UInt8] = []

  /// A message without fields.
  init() {}

  /// `int32`, `int64`: a varint; 0 is what a field has that is not there.
  mutating func add(_ field: Int, integer value: Int64) {
    guard value != 0 else { return }
    add(field, wireType: 0)
    bytes += Self.varint(UInt64(bitPattern: value))
  }

  /// `double`: eight bytes; 0 is what a field has that is not there.
  mutating func add(_ field: Int, double value: Double) {
    guard value != 0 else { return }
    add(field, wireType: 1)
    bytes += Self.littleEndian(value.bitPattern)
  }

  /// `float` of a choice between fields: four bytes, also of 0.
  mutating func add(_ field: Int, float value: Float) {
    add(field, wireType: 5)
    bytes += Self.littleEndian(value.bitPattern)
  }

  /// `string`, `bytes`.
  mutating func add(_ field: Int, bytes value: some Collection<UInt8>) {
    add(field, wireType: 2)
    bytes += Self.varint(UInt64(value.count)) + value
  }

  /// A message inside this one.
  mutating func add(_ field: Int, _ message: ProtobufMessage) { add(field, bytes: message.bytes) }

  /// `repeated double`, packed.
  mutating func add(_ field: Int, doubles values: [Double]) {
    add(field, bytes: values.flatMap { Self.littleEndian($0.bitPattern) })
  }

  private mutating func add(_ field: Int, wireType: UInt64) {
    bytes += Self.varint(UInt64(field) << 3 | wireType)
  }

  private static func varint(_ value: UInt64) -> [UInt8] {
    var (rest, bytes) = (value, [UInt8]())
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    return bytes + [UInt8(rest)]
  }

  private static func littleEndian(_ bits: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: bits.littleEndian, Array.init)
  }
}
