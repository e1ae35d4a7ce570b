import Foundation
import Testing

/// Runs the built command as a user would.
struct CommandTests {
  @Test("--version prints the version alone")
  func version() throws {
    let run = try Command.run(["--version"])
    #expect(run.status == 0)
    #expect(run.output == "0.1.0\n")
  }
}
