import Foundation
import Testing

/// Ctrl-C.
struct InterruptionTests {
  let folder: TestFolder

  init() throws { folder = try TestFolder() }

  private func start(_ arguments: [String]) throws -> Running {
    try Running(
      Command.executable,
      [
        "sample", "--model", TestFolder.model, "--prompt", "x", "--seed", "1",
        "--precision", "fp32", "--batch", "1", "--threads", "1",
      ] + (arguments.contains("--res") ? [] : ["--res", "64"]) + ["--steps"] + arguments,
      in: folder.root)
  }

  private func wait(until condition: () throws -> Bool) throws {
    for _ in 0..<3000 where try !condition() { usleep(10_000) }
    try #require(try condition())
  }

  @Test("the first interrupt ends the run after the step and keeps the images that are finished")
  func first() throws {
    let running = try start([
      "30", "--images-per-prompt", "500", "--grid", "g", "--save-latents", "l",
    ])
    try wait { folder.exists("images/000-2.png") }
    kill(running.process.processIdentifier, SIGINT)
    let run = try running.end()
    #expect(run.status == 75)
    #expect(run.lines.count >= 2)
    #expect(folder.files == run.lines.sorted())
    let last = try #require(run.lines.last)
    #expect(run.errors.contains("\nstopping after this step; once more stops at once\n"))
    #expect(
      run.errors.hasSuffix(
        """
        raft-diffuse: stopped as you asked: \(run.lines.count) of 500 images are finished, the last \
        is \(last)

        """))
  }

  @Test("an interrupt before the first image leaves nothing behind")
  func early() throws {
    let running = try start(["900", "--json"])
    try wait { try running.errors.contains("step 1/901") }
    kill(running.process.processIdentifier, SIGINT)
    let run = try running.end()
    #expect(run.status == 75)
    #expect((try run.json()["images"] as? [Any])?.isEmpty == true)
    #expect(
      run.errors.hasSuffix(
        "raft-diffuse: stopped as you asked: no image was finished, and nothing was written\n"))
    #expect(folder.files.isEmpty)
    #expect(!folder.exists("images"))
  }

  @Test("the second interrupt ends the program at once, and no file is half there")
  func second() throws {
    let running = try start(["900", "--images-per-prompt", "2", "--res", "512"])
    try wait { try running.errors.contains("step 1/") }
    kill(running.process.processIdentifier, SIGINT)
    try wait { try running.errors.contains("once more stops at once") }
    kill(running.process.processIdentifier, SIGINT)
    let run = try running.end()
    // Killed by the signal, or the step was over before it came.
    let isKilled = running.process.terminationReason == .uncaughtSignal && run.status == SIGINT
    #expect(isKilled || run.status == 75)
    #expect(folder.files.isEmpty)
  }

  @Test("on a terminal progress is one line, redrawn, with rate and time left")
  func terminal() throws {
    let script = URL(fileURLWithPath: "/usr/bin/script")
    guard FileManager.default.isExecutableFile(atPath: script.path) else { return }
    let call = """
      '\(Command.executable.path)' sample --model '\(TestFolder.model)' --prompt x --res 64 --seed 1 \
      --steps 3
      """
    let run = try Command.run(
      script, ["-qec", call, "/dev/null"], in: folder.root, environment: ["TERM": "xterm"])
    #expect(run.status == 0)
    #expect(run.output.contains("\rstep 1/4 · image 1 of 1 · "))
    #expect(run.output.contains(" left"))
    #expect(run.output.contains(" in all"))
    #expect(run.output.hasSuffix("\r\nimages/000-1.png\r\n"))
  }
}
