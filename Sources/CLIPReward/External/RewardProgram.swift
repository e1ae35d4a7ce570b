internal import Foundation

/// A reward program that runs: lines go to its standard input while lines come from its standard
/// output, neither waiting for the other.
final class RewardProgram {
  /// Why an exchange ended before its last answer.
  enum End: Equatable {
    /// The program ended or closed its output; how, in words, and the line that it left unfinished.
    case ended(String, unfinished: [UInt8]?)
    /// A line is longer than ``LineBuffer/limit``; its beginning.
    case endlessLine([UInt8])
    /// The time was over.
    case timeout
  }

  private let process = Process()
  private let pipes = (input: Pipe(), output: Pipe(), errors: Pipe())
  private let input: PipeEnd
  private let output: PipeEnd
  private let errors: PipeEnd
  private let options: ExternalRewardOptions
  private var lines = LineBuffer()
  private var tail = Tail()
  private var inputIsOpen = true
  private var outputIsOpen = true
  private var errorsAreOpen = true

  /// Starts the program.
  init(_ command: ProgramCommand, environment: [String: String], _ options: ExternalRewardOptions)
    throws
  {
    self.options = options
    process.executableURL = URL(fileURLWithPath: command.program)
    process.arguments = command.arguments
    // Python keeps what it prints back until a block is full, unless it is told not to.
    process.environment = environment.merging(["PYTHONUNBUFFERED": "1"]) { own, _ in own }
    process.standardInput = pipes.input
    process.standardOutput = pipes.output
    process.standardError = pipes.errors
    do {
      try process.run()
    } catch {
      throw ExternalRewardError.cannotStart(
        command.program, reason: Self.reason(of: error))
    }
    input = PipeEnd(pipes.input.fileHandleForWriting)
    output = PipeEnd(pipes.output.fileHandleForReading)
    errors = PipeEnd(pipes.errors.fileHandleForReading)
  }

  deinit { end() }

  /// What it last said on standard error.
  var lastWords: String? { tail.text }

  /// A line that came since the last exchange, which nobody asked for.
  func stray() -> [UInt8]? {
    _ = readOutput()
    return lines.next()
  }

  /// Sends `bytes` and hands every line that comes back to `take`, until that is content (true).
  ///
  /// - Returns: nil when `take` was content.
  /// - Throws: what `take` throws; ``ExternalRewardError/stopped``.
  func exchange(
    _ bytes: Data, until deadline: ContinuousClock.Instant, _ take: ([UInt8]) throws -> Bool
  ) throws -> End? {
    var rest = bytes
    while true {
      while let line = lines.next() {
        if try take(line) { return nil }
      }
      if lines.isTooLong { return .endlessLine(lines.beginning) }
      // The exit is asked for before the pipe, so that nothing said before it is missed.
      let hadExited = !process.isRunning
      if !outputIsOpen || hadExited && !readOutput() {
        return try last(take)
      }
      try options.checkForStop()
      guard ContinuousClock.now < deadline else { return .timeout }
      waitForPipes(writing: !rest.isEmpty && inputIsOpen, until: deadline)
      readErrors()
      _ = readOutput()
      if !rest.isEmpty, inputIsOpen {
        if let count = input.write(rest.prefix(1 << 16)) {
          // A view: copying what is left after each piece would take the square of the time.
          rest = rest.dropFirst(count)
        } else {
          inputIsOpen = false
        }
      }
    }
  }

  /// What the program left when it ended: perhaps an answer without the end of its line.
  private func last(_ take: ([UInt8]) throws -> Bool) throws -> End? {
    let line = lines.last()
    var unfinished: [UInt8]?
    if let line {
      do {
        if try take(line) { return nil }
      } catch is ServiceFailure {
        unfinished = line
      }
    }
    return .ended(wayOfEnding(), unfinished: unfinished)
  }

  /// Ends the program: its input ends first, which well-behaved ones take for the end; those that
  /// stay are asked to end and then killed, with all that they started.
  func end(patience: Duration = .milliseconds(500)) {
    closeInput()
    wait(patience)
    if process.isRunning {
      signal(SIGTERM)
      wait(.milliseconds(300))
    }
    if process.isRunning {
      signal(SIGKILL)
      wait(.seconds(5))
    }
    readErrors()
  }

  private func closeInput() {
    inputIsOpen = false
    do { try pipes.input.fileHandleForWriting.close() } catch {}
  }

  /// The program leads a process group of its own, unless the system gave it none.
  private func signal(_ number: Int32) {
    let id = process.processIdentifier
    guard id > 0 else { return }
    kill(getpgid(id) == id ? -id : id, number)
  }

  private func wait(_ duration: Duration) {
    let end = ContinuousClock.now + duration
    while process.isRunning, ContinuousClock.now < end {
      readErrors()
      _ = readOutput()
      Nap.take(.milliseconds(2))
    }
  }

  /// Waits until a pipe has something to say, a tenth of a second at most.
  private func waitForPipes(writing: Bool, until deadline: ContinuousClock.Instant) {
    var pipes = [pollfd(fd: output.descriptor, events: Int16(POLLIN), revents: 0)]
    if errorsAreOpen {
      pipes.append(pollfd(fd: errors.descriptor, events: Int16(POLLIN), revents: 0))
    }
    if writing { pipes.append(pollfd(fd: input.descriptor, events: Int16(POLLOUT), revents: 0)) }
    let left = (deadline - .now) / Duration.milliseconds(1)
    poll(&pipes, nfds_t(pipes.count), Int32(min(max(left.rounded(.up), 1), 100)))
  }

  /// Whether anything came.
  private func readOutput() -> Bool {
    guard outputIsOpen else { return false }
    switch output.read() {
    case .bytes(let piece):
      lines.append(piece)
      return true
    case .nothingYet: return false
    case .end:
      outputIsOpen = false
      return false
    }
  }

  private func readErrors() {
    while errorsAreOpen {
      switch errors.read() {
      case .bytes(let piece):
        tail.append(piece)
        options.errorOutput(piece)
      case .nothingYet: return
      case .end: errorsAreOpen = false
      }
    }
  }

  /// How the program ended, once it has; it gets a moment for it where only its output has.
  private func wayOfEnding() -> String {
    closeInput()
    wait(.seconds(2))
    guard !process.isRunning else {
      end(patience: .zero)
      return "closed its standard output"
    }
    readErrors()
    let status = process.terminationStatus
    guard process.terminationReason == .uncaughtSignal else {
      return "ended with exit status \(status)"
    }
    return "was ended by signal \(status) (\(String(cString: strsignal(status))))"
  }

  /// The system's own words, which Foundation wraps.
  private static func reason(of error: any Error) -> String {
    let outer = error as NSError
    let inner = outer.userInfo[NSUnderlyingErrorKey] as? NSError ?? outer
    guard inner.domain == NSPOSIXErrorDomain else { return inner.localizedDescription }
    return String(cString: strerror(Int32(inner.code)))
  }
}
