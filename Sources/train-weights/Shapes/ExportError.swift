/// Why a model cannot be put together.
enum ExportError: Error, Equatable, CustomStringConvertible {
  /// A part has not been made.
  case missingPart(String)

  /// What is wrong, and what to do.
  var description: String {
    switch self {
    case .missingPart(let path):
      "there is no \(path): make the part first (leave --only out to make all of them)"
    }
  }
}
