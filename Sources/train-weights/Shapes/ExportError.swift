/// Why a model cannot be put together.
enum ExportError: Error, Equatable, CustomStringConvertible {
  /// A part has not been made.
  case missingPart(String)

  /// A part has been made, and what it says about itself is not there.
  case missingRecord(String, of: String)

  /// What is wrong, and what to do.
  var description: String {
    switch self {
    case .missingPart(let path):
      "there is no \(path): make the part first (leave --only out to make all of them)"
    case .missingRecord(let record, let result):
      "there is no \(record), which says how \(result) was made: delete \(result) and make the part "
        + "again (a course that is finished is not repeated)"
    }
  }
}
