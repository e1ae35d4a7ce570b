internal import ArgumentParser
internal import Files
internal import Foundation

/// Which of a model's files are taken.
struct ModelFiles: ParsableArguments {
  @Option(help: ArgumentHelp("Which set of weights to prefer, such as fp16.", valueName: "name"))
  var variant: String?

  @Option(
    help: ArgumentHelp("A folder or file with the vocabulary, for single files.", valueName: "dir"))
  var tokenizer: String?

  /// How an image's record names `path`, so that it holds in any folder: a file's or folder's whole
  /// path, and a model's name or hub id as it is.
  static func recorded(_ path: String) -> String {
    guard InstalledModels().path(of: path) == nil, FileManager.default.fileExists(atPath: path)
    else { return path }
    return URL(fileURLWithPath: path).standardizedFileURL.path
  }
}
