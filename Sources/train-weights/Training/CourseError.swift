/// Why a course cannot go on.
package enum CourseError: Error, Equatable, CustomStringConvertible {
  /// What was saved is of a course with other settings; the text says which differ.
  case otherSettings(file: String, differences: [String])

  /// What was saved lacks something, or has it in another form.
  case damaged(CourseFiles, file: String, what: String)

  /// The loss became infinite or not a number.
  case diverged(course: String, step: Int)

  /// What is wrong, where, and what to do.
  package var description: String {
    switch self {
    case .otherSettings(let file, let differences):
      "\(file) was saved by a course with other settings (\(differences.joined(separator: "; "))); "
        + "give the settings that it began with, or begin in another folder"
    case .damaged(let files, let file, let what):
      "\(file) cannot be gone on from: \(what); delete \(files.state) and \(files.log) to begin the "
        + "course anew"
    case .diverged(let course, let step):
      "the loss of \(course) became infinite or NaN in step \(step); lower its learning rate"
    }
  }
}
