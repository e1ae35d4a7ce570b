/// How every part keeps the network that its courses come to.
///
/// Nobody takes what an earlier course left for what is in training, and nothing is lost where the
/// process is killed: that the network is there means that all is.
struct PartResult {
  /// What files call the part.
  let name: String

  /// Where the network goes.
  let folder: ModelFolder

  /// Where its record goes.
  let work: WorkFolder

  /// Whether there is nothing left to do.
  var isThere: Bool { folder.isThere }

  /// Removes what an earlier course left where `course` has steps to take.
  func makeRoom(for course: Course) throws {
    if !course.isFinished { try folder.remove() }
  }

  /// Keeps a network, unless it is there: its record first.
  func keep(_ record: @autoclosure () throws -> PartRecord, write: (ModelFolder) throws -> Void)
    throws
  {
    guard !isThere else { return }
    try record().write(to: work.record(of: name))
    try write(folder)
  }
}
