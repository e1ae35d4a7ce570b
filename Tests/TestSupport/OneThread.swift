internal import Torch

/// Runs `body` with one thread an operation: networks of a few channels only wait for the others,
/// above all where other work takes their cores.
package func onOneThread<Result>(_ body: () throws -> Result) rethrows -> Result {
  let before = Machine.threadCount
  Machine.threadCount = 1
  defer { Machine.threadCount = before }
  return try body()
}
