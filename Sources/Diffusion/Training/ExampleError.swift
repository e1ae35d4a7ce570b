/// Why a folder of images cannot be learned from.
public enum ExampleError: Error, Equatable, CustomStringConvertible {
  /// A folder without images, or a table without rows.
  case none(path: String)

  /// An image without a caption.
  case noCaption(image: String, looked: String)

  /// A table that lacks a column.
  case noColumn(String, path: String, found: [String])

  /// A row that cannot be read, by the line of the file on which it begins, from 1.
  case row(line: Int, path: String, problem: String)

  /// What is wrong, where, and what to do.
  public var description: String {
    switch self {
    case .none(let path):
      "\(path) holds no examples; name a folder of PNG and JPEG images, or its metadata.csv or metadata.jsonl"
    case .noCaption(let image, let looked):
      "\(image) has no caption: \(looked) is not there; write one beside every image, or a metadata.jsonl for all"
    case .noColumn(let column, let path, let found):
      "\(path) has no column \(column), only \(found.joined(separator: ", ")); name the columns file_name and text"
    case .row(let line, let path, let problem): "line \(line) of \(path) cannot be read: \(problem)"
    }
  }
}
