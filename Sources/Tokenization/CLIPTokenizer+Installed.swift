internal import Files

/// The vocabulary that serves models which bring none of their own.
extension CLIPTokenizer {
  /// Where the published vocabulary is looked for.
  package static var installedPlaces: [String] {
    InstalledFiles.places(of: "clip/" + publishedFileName)
  }

  /// The published vocabulary that set-up or installation left here; nil where it is missing.
  package static func installed() throws -> CLIPTokenizer? {
    guard let found = InstalledFiles.first(of: installedPlaces) else { return nil }
    return try CLIPTokenizer(publishedVocabulary: found)
  }

  /// The vocabulary at a place that a user named: a folder, or the published file.
  package init(at place: String) throws {
    if place.hasSuffix(".txt") {
      try self.init(publishedVocabulary: place)
    } else {
      try self.init(folder: place)
    }
  }

  /// Whether `folder` has a vocabulary of its own.
  package static func hasVocabulary(inFolder folder: String) throws -> Bool {
    let names = try FolderListing.names(in: folder)
    return ["tokenizer.json", "vocab.json", publishedFileName].contains(where: names.contains)
  }
}
