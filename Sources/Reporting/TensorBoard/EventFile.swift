internal import Files

/// A file of events for TensorBoard, made from values: the same events give the same bytes.
package struct EventFile: Sendable, Equatable {
  /// The whole file.
  package private(set) var bytes: [UInt8]

  /// A file without events yet.
  ///
  /// - Parameter startedAt: when the run began, seconds since 1970.
  package init(startedAt: Double) {
    var version = ProtobufMessage()
    version.add(1, double: startedAt)
    version.add(3, bytes: Array("brain.Event:2".utf8))
    bytes = RecordFrame.framed(version.bytes)
  }

  /// The name that TensorBoard looks for: `events.out.tfevents.` and seconds of ten digits, then
  /// the host.
  package static func name(startedAt: Double, host: String) -> String {
    let seconds = String(Int64(min(max(startedAt, 0), 9_999_999_999)))
    let padding = String(repeating: "0", count: 10 - seconds.count)
    let host = host.map { $0.isLetter || $0.isNumber || "-._".contains($0) ? $0 : "-" }
    return "events.out.tfevents.\(padding)\(seconds).\(String(host))"
  }

  /// Adds an event at the end; one that has nothing to show (a histogram of nothing) is left out.
  package mutating func append(_ event: BoardEvent) {
    guard let message = event.message else { return }
    bytes += RecordFrame.framed(message.bytes)
  }

  /// Brings the file at `path` to this state.
  ///
  /// Where it holds the beginning of these bytes, as after an earlier round or a write that was cut
  /// off, what is missing is added at its end, so that a TensorBoard that has it open goes on
  /// reading. Where it holds anything else (a run that went another way since) it is replaced. So
  /// no step is ever in it twice.
  ///
  /// - Throws: ``FileError``.
  package func write(to path: String) throws {
    let present: [UInt8]
    do {
      present = try WholeFile.bytes(of: path, limit: .max)
    } catch FileError.missing, FileError.empty {
      return try AtomicFile.write(bytes, to: path)
    }
    guard bytes.starts(with: present) else { return try AtomicFile.write(bytes, to: path) }
    try AppendedFile.append(Array(bytes[present.count...]), to: path)
  }
}
