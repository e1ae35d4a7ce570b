internal import Files
internal import Foundation

/// An image to learn from, and what it shows.
public struct CaptionedImage: Sendable, Equatable {
  /// The image's file.
  public let path: String

  /// What it shows.
  public let caption: String

  /// The image at `path`, which shows `caption`.
  public init(path: String, caption: String) {
    self.path = path
    self.caption = caption
  }

  /// The examples of a folder: those of its `metadata.csv` or `metadata.jsonl` (an "image folder"
  /// as Hugging Face has it), else each image with the `.txt` beside it (as kohya has it), by name.
  ///
  /// - Parameter path: the folder, or a table in it.
  /// - Throws: `ExampleError`, `FileError`.
  public static func list(_ path: String) throws -> [CaptionedImage] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw FileError.missing(path)
    }
    guard isFolder.boolValue else { return try table(path) }
    let folder = path.hasSuffix("/") ? path : path + "/"
    let names = try FolderListing.names(in: path)
    for name in ["metadata.jsonl", "metadata.csv"] where names.contains(name) {
      return try table(folder + name)
    }
    let images = names.filter(isImage).sorted()
    guard !images.isEmpty else { throw ExampleError.none(path: path) }
    return try images.map { image in
      let text = String(image[..<(image.lastIndex(of: ".") ?? image.endIndex)]) + ".txt"
      guard names.contains(text) else {
        throw ExampleError.noCaption(image: folder + image, looked: folder + text)
      }
      let caption = try self.text(of: folder + text)
      return CaptionedImage(
        path: folder + image, caption: caption.trimmingCharacters(in: .whitespacesAndNewlines))
    }
  }

  private static func isImage(_ name: String) -> Bool {
    let ending = name.split(separator: ".").last.map { $0.lowercased() }
    return !name.hasPrefix(".") && ["png", "jpg", "jpeg"].contains(ending)
  }

  private static func table(_ path: String) throws -> [CaptionedImage] {
    let text = try text(of: path)
    let examples =
      path.lowercased().hasSuffix(".csv")
      ? try commaSeparated(text, path) : try jsonLines(text, path)
    guard !examples.isEmpty else { throw ExampleError.none(path: path) }
    return examples
  }

  private static func jsonLines(_ text: String, _ path: String) throws -> [CaptionedImage] {
    // A JSON string may hold the other line ends that Unicode knows.
    try text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }.enumerated()
      .compactMap { index, line in
        guard !line.allSatisfy(\.isWhitespace) else { return nil }
        let value: JSONValue
        do {
          value = try JSONValue(parsing: Array(line.utf8))
        } catch {
          throw ExampleError.row(line: index + 1, path: path, problem: "\(error)")
        }
        func string(_ key: String) throws -> String {
          guard let string = value[key]?.string else {
            throw ExampleError.row(
              line: index + 1, path: path, problem: "it has no string “\(key)”")
          }
          return string
        }
        return CaptionedImage(
          path: sibling(try string("file_name"), of: path), caption: try string("text"))
      }
  }

  private static func commaSeparated(_ text: String, _ path: String) throws -> [CaptionedImage] {
    var rows: [CommaSeparatedValues.Row]
    do {
      rows = try CommaSeparatedValues.rows(text)
    } catch let error as CommaSeparatedValues.OpenQuote {
      throw ExampleError.row(
        line: error.line, path: path, problem: "it has a quotation mark that is never closed")
    }
    guard !rows.isEmpty else { return [] }
    let heading = rows.removeFirst().fields
    func column(_ name: String) throws -> Int {
      guard let index = heading.firstIndex(of: name) else {
        throw ExampleError.noColumn(name, path: path, found: heading)
      }
      return index
    }
    let (file, caption) = (try column("file_name"), try column("text"))
    return try rows.map { row in
      let fields = row.fields
      guard fields.count == heading.count else {
        throw ExampleError.row(
          line: row.line, path: path, problem: "it has \(fields.count) fields, not \(heading.count)"
        )
      }
      return CaptionedImage(path: sibling(fields[file], of: path), caption: fields[caption])
    }
  }

  private static func sibling(_ name: String, of table: String) -> String {
    guard !name.hasPrefix("/"), let slash = table.lastIndex(of: "/") else { return name }
    return table[...slash] + name
  }

  private static func text(of path: String) throws -> String {
    let bytes = try WholeFile.bytes(of: path, limit: 1 << 28)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw ExampleError.row(line: 1, path: path, problem: "it is not UTF-8 text")
    }
    return text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text
  }
}
