import Foundation

/// A reader of foreign bytes, with the laws that it must keep on any bytes at all.
struct FuzzReader: Sendable {
  /// What it is called on the command line, and the folder of its corpus.
  let name: String
  /// Reads the bytes and checks the laws; a broken one ends the process, as a trap does.
  let run: @Sendable (UnsafeRawBufferPointer) -> Void

  /// Every reader.
  static let all: [FuzzReader] = [
    FuzzReader(name: "safetensors", run: CheckpointLaws.safetensors),
    FuzzReader(name: "shard-index", run: CheckpointLaws.shardIndex),
    FuzzReader(name: "pickle", run: CheckpointLaws.pickle),
    FuzzReader(name: "checkpoint", run: CheckpointLaws.checkpoint),
    FuzzReader(name: "png-text", run: ImagingLaws.pngText),
    FuzzReader(name: "parameters", run: ImagingLaws.parameters),
    FuzzReader(name: "tokenizer", run: TokenizerLaws.encoding),
    FuzzReader(name: "emphasis", run: TokenizerLaws.emphasis),
    FuzzReader(name: "tokenizer-files", run: TokenizerLaws.files),
  ]

  /// Reads one byte too many, on purpose: where this is not found, nothing would be.
  static let selfTest = FuzzReader(name: "self-test") { bytes in
    let copy = Array(bytes) + [0]
    let behind = copy.withUnsafeBufferPointer { $0.baseAddress?[copy.count] }
    law(false, "the byte behind an array, \(behind ?? 0), was read, and nothing noticed")
  }

  /// Where errors may come from.
  static let modules = ["Files", "NN", "Imaging", "Tokenization"]

  /// The one that is fuzzed. Set once before libFuzzer runs, on whose one thread it is read.
  nonisolated(unsafe) static var chosen = all[0]
}

/// Ends the process with `message` unless `isKept`; libFuzzer then keeps the input.
func law(_ isKept: Bool, _ message: @autoclosure () -> String) {
  guard !isKept else { return }
  fatalError("broken law: \(message())")
}

/// Runs `body`, which may refuse what it reads, in our words.
func attempt(_ body: () throws -> Void) {
  do { try body() } catch { refused(error) }
}

/// Checks that a refusal is one of our own errors, and that its message can be shown: a file must
/// not be able to write line ends or terminal commands through it.
func refused(_ error: any Error) {
  let type = String(reflecting: Swift.type(of: error))
  let message = "\(error)"
  law(
    FuzzReader.modules.contains { type.hasPrefix("\($0).") },
    "an error that is not ours came out, a \(type): \(message)")
  law(!message.isEmpty, "the message of a \(type) is empty")
  law(
    message.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control },
    "the message of a \(type) has control characters: \(message.debugDescription)")
}
