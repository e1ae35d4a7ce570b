internal import Files
internal import Foundation
internal import NN
internal import Torch

/// All that the next step of a course depends on, in a file: the parameters, their averages, and
/// the optimiser's memory, which counts the steps.
struct CourseState {
  private let files: CourseFiles
  private let passport: CoursePassport
  private let optimizer: AdamW
  private let averages: [Tensor]

  private enum Part: String {
    case parameter, average, optimizer
  }

  private static let passportKey = "course"

  /// The state in `files`, whether it is there yet or not.
  init(_ files: CourseFiles, passport: CoursePassport, optimizer: AdamW, averages: [Tensor]) {
    (self.files, self.passport) = (files, passport)
    (self.optimizer, self.averages) = (optimizer, averages)
  }

  /// Writes everything, whole or not at all.
  func save() throws {
    var items: [SafetensorsWriter.Item] = []
    for (parameter, average) in zip(optimizer.parameters, averages) {
      items.append(.init(name: name(.parameter, parameter.name), tensor: parameter.tensor))
      items.append(.init(name: name(.average, parameter.name), tensor: average))
    }
    for (name, tensor) in try optimizer.state() {
      items.append(.init(name: self.name(.optimizer, name), tensor: tensor))
    }
    try SafetensorsWriter.write(
      items, metadata: [Self.passportKey: passport.text], to: files.state)
  }

  /// Puts everything back where it was; does nothing where nothing was saved.
  ///
  /// - Throws: `CourseError` where what was saved is of another course, or not whole.
  func restore() throws {
    guard FileManager.default.fileExists(atPath: files.state) else { return }
    let file = try CheckpointFile.open(files.state)
    guard let saved = file.metadata[Self.passportKey] else {
      throw damaged("it does not say which course it is of")
    }
    let differences = try passport.differences(from: CoursePassport(saved: saved))
    guard differences.isEmpty else {
      throw CourseError.otherSettings(file: files.state, differences: differences)
    }
    var memory: [String: Tensor] = [:]
    for name in file.names where name.hasPrefix(self.name(.optimizer, "")) {
      let short = String(name.dropFirst(self.name(.optimizer, "").count))
      memory[short] = try file.entry(name).tensor()
    }
    try optimizer.restore(memory)
    for (parameter, average) in zip(optimizer.parameters, averages) {
      try put(file, name(.parameter, parameter.name), into: parameter.tensor)
      try put(file, name(.average, parameter.name), into: average)
    }
  }

  private func put(_ file: TensorFile, _ name: String, into place: Tensor) throws {
    let entry = try file.entry(name)
    guard entry.shape == place.shape else {
      throw damaged("\(name) is \(entry.shape), not \(place.shape)")
    }
    try withoutGradients { try place.assign(entry.tensor()) }
  }

  private func damaged(_ what: String) -> CourseError {
    .damaged(files, file: files.state, what: what)
  }

  private func name(_ part: Part, _ name: String) -> String { "\(part.rawValue).\(name)" }
}
