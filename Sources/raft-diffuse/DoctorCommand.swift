internal import ArgumentParser

/// `raft-diffuse doctor`: what this machine and this build can do.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "doctor", abstract: "")
  func run() throws {}
}
