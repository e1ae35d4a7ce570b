internal import ArgumentParser
internal import ExitStatuses
internal import Foundation

/// `raft-diffuse doctor`: what this machine and this build can do, and whether it computes what it
/// should.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Show what this machine and this build can do, and check both.",
    discussion:
      "Exit status: 0 if every check passes, 70 if one fails, 65 or 66 if the model is bad.")

  @Option(
    help: ArgumentHelp(
      "Also look into this model: a diffusers folder, a single file, or a hub id.",
      valueName: "dir|file|hub-id"))
  var model: String?

  @OptionGroup var files: ModelFiles

  @Flag(help: "Print one machine-readable object.")
  var json = false

  func run() throws {
    let machine = MachineReport()
    if !json { try Console.result(machine.text) }
    let checks = DoctorCheck.all(vocabulary: machine.vocabulary, device: .automatic)
    if !json {
      try Console.result("")
      for check in checks { try Console.result(check.text) }
    }
    let report = model.map { name in
      Result { try ModelReport(name, files, on: .automatic) }
    }
    if json {
      try Console.json(DoctorReport(machine: machine, checks: checks, model: report))
    } else if case .success(let report)? = report {
      try Console.result("\n" + report.text)
    }
    _ = try report?.get()
    let failed = checks.count { !$0.passed }
    guard failed == 0 else {
      throw CommandError(
        status: .internalError,
        description:
          "\(failed) of \(checks.count) checks failed; this build or its libtorch does not compute what it should"
      )
    }
  }
}

/// What `doctor --json` prints.
struct DoctorReport: Encodable {
  let machine: MachineReport
  let checks: [DoctorCheck]
  let passed: Bool
  let model: ModelReport?
  let modelError: String?

  init(machine: MachineReport, checks: [DoctorCheck], model: Result<ModelReport, any Error>?) {
    self.machine = machine
    self.checks = checks
    switch model {
    case nil: (self.model, modelError) = (nil, nil)
    case .success(let report): (self.model, modelError) = (report, nil)
    case .failure(let error): (self.model, modelError) = (nil, "\(error)")
    }
    passed = checks.allSatisfy(\.passed) && modelError == nil
  }

  enum CodingKeys: String, CodingKey {
    case machine, checks, passed, model
    case modelError = "model_error"
  }
}
