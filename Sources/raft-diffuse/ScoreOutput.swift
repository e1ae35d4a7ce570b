internal import ArgumentParser
internal import ExitStatuses
internal import Foundation

/// What a run of `score` prints and writes.
struct ScoreOutput: ParsableArguments {
  @Flag(help: "Print one machine-readable object an image, each on its line.")
  var json = false

  @Option(
    help: ArgumentHelp("Print only the best n images, the best first.", valueName: "n"))
  var top: Int?

  @Option(
    name: .customLong("compare"),
    help: ArgumentHelp(
      "Earlier --json results to compare with; two or more compare with each other if no image is given.",
      valueName: "file"))
  var compared: [String] = []

  @Option(
    help: ArgumentHelp(
      "Write image_embeddings [N, D] and text_embeddings [P, D], fp32 and L2-normalised.",
      valueName: "file"))
  var saveEmbeddings: String?

  @Option(
    help: ArgumentHelp(
      "Write pixels [N, 3, S, S], fp32: what the CLIP sees after preprocessing.",
      valueName: "file"))
  var savePixels: String?

  @Flag(help: "Replace files that exist.")
  var force = false

  @Flag(help: "No progress, no notes and no warnings.")
  var quiet = false

  func validate() throws {
    if let top, top < 1 { throw ValidationError("--top must be at least 1.") }
  }

  /// Whether the CLIP is needed whatever the rewards are.
  var embeds: Bool { saveEmbeddings != nil || savePixels != nil }

  /// Finds out before any work whether the files can be written.
  func check() throws {
    let files = [saveEmbeddings, savePixels].compactMap(\.self)
    guard Set(files).count == files.count else {
      throw CommandError(
        status: .usage,
        description: "--save-embeddings and --save-pixels name the same file; name two")
    }
    for file in files {
      guard access(NewFolder.parent(of: file), W_OK | X_OK) == 0 else {
        throw CommandError.unwritable(file, "its folder does not exist or may not be written to")
      }
      var status = stat()
      guard stat(file, &status) == 0 else { continue }
      guard status.st_mode & S_IFMT == S_IFREG else {
        throw CommandError.unwritable(
          file, "there is something else of that name; name a plain file")
      }
      guard force else {
        throw CommandError(
          status: .inputOutput,
          description: "\(file) exists; choose another place, or replace it with --force")
      }
    }
  }
}
