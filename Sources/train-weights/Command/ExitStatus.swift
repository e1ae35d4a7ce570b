internal import ExitStatuses
internal import Files
internal import Shapes

extension ExitStatus {
  /// The status of one of our own errors; nil for errors that the argument parser knows.
  init?(of error: any Error) {
    switch error {
    case ExportError.missingPart, ExportError.missingRecord: self = .missingFile
    case is CourseError, is LatentCacheError, is ShapesError, is JSONError: self = .badInput
    default: self.init(ofShared: error)
    }
  }
}
