internal import ArgumentParser
internal import Files

extension InstalledModels {
  /// The model that is taken where nobody names one: the one that comes with the program. Of several
  /// none is.
  ///
  /// - Throws: `ValidationError` where there is none, or more than one, and `FileError`.
  func defaultName() throws -> String {
    let names = try names()
    guard let name = names.first else { throw ValidationError("Name the model with --model.") }
    guard names.count == 1 else {
      throw ValidationError(
        "Name the model with --model: \(names.count) come with the program, "
          + "\(names.joined(separator: ", ")).")
    }
    return name
  }
}
