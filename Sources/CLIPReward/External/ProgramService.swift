internal import Foundation

/// The way to a reward program: it is started when first asked, and again after it failed.
final class ProgramService: RewardService {
  let name: String
  let passport: RewardPassport
  let sharesFiles = true

  private let command: ProgramCommand
  private let environment: [String: String]
  private let options: ExternalRewardOptions
  private var program: RewardProgram?

  /// Whether each request waits for the answer to the one before: so it is once a batch failed
  /// that was answered without ids, since nobody knows then which answers are missing.
  private var asksSingly = false

  /// A program that does not run yet.
  init(
    _ command: ProgramCommand, _ passport: RewardPassport, name: String,
    environment: [String: String], _ options: ExternalRewardOptions
  ) {
    self.command = command
    self.passport = passport
    self.name = name
    self.environment = environment
    self.options = options
  }

  /// The command line and the files that it names tell.
  var statesPassport: Bool { true }

  func end() {
    program?.end()
    program = nil
  }

  func answer(_ requests: [RewardRequest], in sheet: inout AnswerSheet) throws {
    let deadline = ContinuousClock.now + .seconds(options.timeout)
    if asksSingly { return try answerSingly(requests, in: &sheet, deadline) }
    do {
      try exchange(requests, &sheet, deadline)
    } catch let failure as ServiceFailure {
      guard sheet.isInOrder, requests.count > 1 else { throw failure }
      asksSingly = true
      sheet.distrustOrder()
      guard ContinuousClock.now < deadline else { throw failure }
      let open = requests.filter { sheet.outcomes[$0.id] == nil }
      try answerSingly(open, in: &sheet, deadline)
    }
  }

  /// Asks about one image after the other, so that an answer without an id has one meaning.
  private func answerSingly(
    _ requests: [RewardRequest], in sheet: inout AnswerSheet,
    _ deadline: ContinuousClock.Instant
  ) throws {
    for request in requests {
      var single = AnswerSheet([request.id], reward: name)
      defer { sheet.take(single) }
      try exchange([request], &single, deadline, outOf: sheet)
    }
  }

  private func exchange(
    _ requests: [RewardRequest], _ sheet: inout AnswerSheet, _ deadline: ContinuousClock.Instant,
    outOf whole: AnswerSheet? = nil
  ) throws {
    var text = Data()
    for request in requests {
      text += try request.json()
      text.append(UInt8(ascii: "\n"))
    }
    let program = try self.program ?? RewardProgram(command, environment: environment, options)
    self.program = program
    do {
      try exchange(text, with: program, &sheet, deadline, whole)
    } catch {
      program.end(patience: .zero)
      self.program = nil
      throw error
    }
  }

  private func exchange(
    _ text: Data, with program: RewardProgram, _ sheet: inout AnswerSheet,
    _ deadline: ContinuousClock.Instant, _ whole: AnswerSheet?
  ) throws {
    try refuseStray(program)
    let end: RewardProgram.End?
    do {
      end = try program.exchange(text, until: deadline) { line in
        try sheet.enter(line: line)
        return sheet.isComplete
      }
      if end == nil { try refuseStray(program) }
    } catch {
      sheet.distrustOrder()
      throw error
    }
    let progress = whole?.progress ?? sheet.progress
    if end != nil { sheet.distrustOrder() }
    switch end {
    case nil: break
    case .ended(let way, let unfinished):
      let line = unfinished.map { "; its last line: \(AnswerSheet.quoted($0))" } ?? ""
      throw ServiceFailure(
        reason: "the \(name) reward \(way) after it answered \(progress)\(line)"
          + lastWords(program), mayPass: true)
    case .endlessLine(let beginning):
      throw ServiceFailure(
        reason: "the \(name) reward answered a line of more than \(LineBuffer.limit) bytes: "
          + AnswerSheet.quoted(beginning), mayPass: true)
    case .timeout:
      let seconds = options.timeout.formatted(.number.grouping(.never))
      throw ServiceFailure(
        reason:
          "the \(name) reward answered \(progress) within \(seconds) s and was killed; "
          + "does it flush its output after every line?" + lastWords(program),
        mayPass: true)
    }
  }

  /// A line too many would be taken for the answer to the next batch's first image.
  private func refuseStray(_ program: RewardProgram) throws {
    guard let line = program.stray() else { return }
    throw ServiceFailure(
      reason: "the \(name) reward answered more often than it was asked: "
        + AnswerSheet.quoted(line), mayPass: true)
  }

  private func lastWords(_ program: RewardProgram) -> String {
    program.lastWords.map { "; its last words: “\($0)”" } ?? ""
  }
}
