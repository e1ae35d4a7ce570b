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

  /// A program that does not run yet.
  init(
    _ command: ProgramCommand, name: String, environment: [String: String],
    _ options: ExternalRewardOptions
  ) throws {
    self.command = command
    self.name = name
    self.environment = environment
    self.options = options
    passport = try command.passport()
  }

  func end() {
    program?.end()
    program = nil
  }

  func answer(_ requests: [RewardRequest], in sheet: inout AnswerSheet) throws {
    let deadline = ContinuousClock.now + .seconds(options.timeout)
    var text = Data()
    for request in requests {
      text += try request.json()
      text.append(UInt8(ascii: "\n"))
    }
    let program = try self.program ?? RewardProgram(command, environment: environment, options)
    self.program = program
    do {
      try exchange(text, with: program, &sheet, deadline)
    } catch {
      program.end(patience: .zero)
      self.program = nil
      throw error
    }
  }

  private func exchange(
    _ text: Data, with program: RewardProgram, _ sheet: inout AnswerSheet,
    _ deadline: ContinuousClock.Instant
  ) throws {
    try refuseStray(program)
    let end = try program.exchange(text, until: deadline) { line in
      try sheet.enter(line: line)
      return sheet.isComplete
    }
    switch end {
    case nil:
      do {
        try refuseStray(program)
      } catch {
        sheet.distrustOrder()
        throw error
      }
    case .ended(let way, let unfinished):
      let line = unfinished.map { "; its last line: \(AnswerSheet.quoted($0))" } ?? ""
      throw ServiceFailure(
        reason: "the \(name) reward \(way) after it answered \(sheet.progress)\(line)"
          + lastWords(program), mayPass: true)
    case .endlessLine(let beginning):
      throw ServiceFailure(
        reason: "the \(name) reward answered a line of more than \(LineBuffer.limit) bytes: "
          + AnswerSheet.quoted(beginning), mayPass: true)
    case .timeout:
      let seconds = options.timeout.formatted(.number.grouping(.never))
      throw ServiceFailure(
        reason:
          "the \(name) reward answered \(sheet.progress) within \(seconds) s and was killed; "
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
