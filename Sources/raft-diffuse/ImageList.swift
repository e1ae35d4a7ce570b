internal import ExitStatuses
internal import Files
internal import Foundation
internal import Imaging

/// The image files that arguments stand for.
enum ImageList {
  /// The files that `arguments` name, in their order: files, folders (their images in natural
  /// order), patterns such as `*.png`, and `-` for a list of these on standard input, one a line.
  ///
  /// - Parameter recursive: whether folders below a folder are looked through too.
  /// - Throws: `FileError.missing` at the first that does not exist.
  static func paths(_ arguments: [String], recursive: Bool) throws -> [String] {
    try arguments.flatMap { argument in
      argument == "-" ? try listed(recursive) : try paths(of: argument, recursive)
    }
  }

  private static func listed(_ recursive: Bool) throws -> [String] {
    var paths: [String] = []
    while let line = readLine(strippingNewline: true) {
      let name = line.hasSuffix("\r") ? String(line.dropLast()) : line
      if !name.isEmpty { paths += try Self.paths(of: name, recursive) }
    }
    guard !paths.isEmpty else {
      throw CommandError(
        status: .badInput,
        description: "standard input names no image; write one path a line")
    }
    return paths
  }

  private static func paths(of argument: String, _ recursive: Bool) throws -> [String] {
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: argument, isDirectory: &isFolder) {
      guard isFolder.boolValue else {
        guard isPlain(argument) else {
          throw CommandError(
            status: .badInput,
            description: "\(argument) is a pipe or a device, which cannot be read twice; "
              + "write the image to a file")
        }
        return [argument]
      }
      let found = try images(in: argument, recursive)
      guard !found.isEmpty else {
        let advice = recursive ? "" : "; --recursive looks into its folders too"
        throw CommandError(
          status: .badInput, description: "\(argument) holds no PNG or JPEG image\(advice)")
      }
      return found
    }
    let matches = argument.contains(where: "*?[".contains) ? glob(argument) : []
    guard !matches.isEmpty else { throw FileError.missing(argument) }
    let found = try matches.flatMap { match in
      var isFolder: ObjCBool = false
      _ = FileManager.default.fileExists(atPath: match, isDirectory: &isFolder)
      if isFolder.boolValue { return try images(in: match, recursive) }
      return isPlain(match) ? [match] : []
    }
    guard !found.isEmpty else {
      throw CommandError(
        status: .badInput,
        description: "\(argument) matches \(matches[0])"
          + (matches.count > 1 ? " and \(matches.count - 1) more" : "")
          + ", but no PNG or JPEG image in \(matches.count > 1 ? "them" : "it")")
    }
    return found
  }

  /// Whether `path` is a file with bytes of its own: a pipe might have to be waited for, for ever.
  private static func isPlain(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  /// The images in a folder, in natural order; those of folders below after the folder's own.
  private static func images(in folder: String, _ recursive: Bool) throws -> [String] {
    let prefix = folder.hasSuffix("/") ? folder : folder + "/"
    let names = try FolderListing.names(in: folder).filter { !$0.hasPrefix(".") }.sorted(by: comes)
    var (files, below): ([String], [String]) = ([], [])
    for name in names {
      let path = prefix + name
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { continue }
      if isFolder.boolValue {
        if recursive, !isLink(path) { below += try images(in: path, recursive) }
      } else if isPlain(path), isImage(path) {
        files.append(path)
      }
    }
    return files + below
  }

  /// Whether a name comes before another: numbers in them count as numbers.
  static func comes(_ one: String, before other: String) -> Bool {
    switch one.compare(other, options: [.numeric, .caseInsensitive]) {
    case .orderedAscending: true
    case .orderedDescending: false
    case .orderedSame: one < other
    }
  }

  /// Whether a file of a folder is meant to be an image: by its name, or else by its first bytes.
  /// What is named as an image and is none is listed, so that it is reported.
  private static func isImage(_ path: String) -> Bool {
    let name = path.split(separator: "/").last ?? ""
    let ending = name.split(separator: ".").last.map { $0.lowercased() } ?? ""
    if name.contains("."), endings.contains(ending) { return true }
    guard let file = FileHandle(forReadingAtPath: path) else { return false }
    defer { file.closeFile() }
    return ImageFile.format(of: Array(file.readData(ofLength: 8))) != nil
  }

  private static let endings: Set<String> = [
    "png", "jpg", "jpeg", "jpe", "jfif", "webp", "gif", "bmp", "tif", "tiff", "avif", "heic",
  ]

  private static func isLink(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
  }

  private static func glob(_ pattern: String) -> [String] {
    var found = glob_t()
    defer { globfree(&found) }
    guard Foundation.glob(pattern, 0, nil, &found) == 0 else { return [] }
    let paths = (0..<Int(found.gl_pathc)).compactMap { index in
      found.gl_pathv[index].map { String(cString: $0) }
    }
    return paths.sorted(by: comes)
  }
}
