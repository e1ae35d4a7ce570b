// The fuzz targets in one executable: `fuzz READER [libFuzzer's options] [folders or files]`.
//
// With folders, libFuzzer searches; with files, it only runs these, which is how a finding is
// repeated. `fuzz` alone lists the readers. `scripts/fuzz` is what calls it.

import Foundation

/// libFuzzer's entry for programs with a `main` of their own. Pointers and a 32-bit result are
/// passed alike in C and in Swift on every 64-bit system that we build on.
@_silgen_name("LLVMFuzzerRunDriver")
func runDriver(
  _ count: UnsafeMutablePointer<Int32>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
  _ run: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

guard CommandLine.arguments.count > 1 else {
  for reader in FuzzReader.all { print(reader.name) }
  exit(0)
}
let name = CommandLine.arguments[1]
let readers = FuzzReader.all + [FuzzReader.selfTest]
guard let reader = readers.first(where: { $0.name == name }) else {
  print("there is no reader \(name); `fuzz` alone lists them")
  exit(64)
}
FuzzReader.chosen = reader

// libFuzzer changes the list that it is given, and keeps it.
var count = CommandLine.argc - 1
let rest = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: Int(count) + 1)
rest[0] = strdup(CommandLine.arguments[0])
for index in 1..<Int(count) { rest[index] = strdup(CommandLine.arguments[index + 1]) }
rest[Int(count)] = nil
var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = rest
exit(
  runDriver(&count, &arguments) { start, count in
    FuzzReader.chosen.run(UnsafeRawBufferPointer(start: start, count: count))
    return 0
  })
