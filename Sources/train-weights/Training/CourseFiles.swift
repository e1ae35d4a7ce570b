/// The files that a course goes on from. Neither is of use without the other.
package struct CourseFiles: Equatable, Sendable {
  /// Parameters, averages and the optimiser's memory, in safetensors.
  package let state: String

  /// A line of JSON for each step.
  package let log: String

  /// The files of the course called `name`, in `folder`.
  package init(_ name: String, in folder: String) {
    (state, log) = ("\(folder)/\(name).safetensors", "\(folder)/\(name).jsonl")
  }
}
