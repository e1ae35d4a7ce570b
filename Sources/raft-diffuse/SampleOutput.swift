internal import ArgumentParser
internal import Diffusion
internal import ExitStatuses
internal import Foundation

/// Where images and latents go.
struct SampleOutput: ParsableArguments {
  @Option(help: ArgumentHelp("The folder for the images; made if absent.", valueName: "dir"))
  var out = "images"

  @Option(
    help: ArgumentHelp(
      "A labelled sheet of all images: rows prompts, columns seeds.", valueName: "file"))
  var grid: String?

  @Option(
    help: ArgumentHelp(
      "Write the final latents, [B, 4, H/8, W/8] fp32, before division by the scaling factor.",
      valueName: "file"))
  var saveLatents: String?

  @Flag(help: "Replace files that exist.")
  var force = false

  @Flag(help: "Print one machine-readable object on standard output.")
  var json = false

  @Flag(help: "No progress and no notes.")
  var quiet = false

  /// The image files of a run, by prompt and seed.
  func paths(of requests: [ImageRequest], perPrompt: Int) -> [String] {
    let folder = out.hasSuffix("/") ? out : out + "/"
    let digits = max(String((requests.count - 1) / perPrompt).count, 3)
    return requests.enumerated().map { i, request in
      let number = String(i / perPrompt)
      let padding = String(repeating: "0", count: digits - number.count)
      return "\(folder)\(padding)\(number)-\(request.seed).png"
    }
  }

  /// Files beside the images.
  private var others: [String] { [grid, saveLatents].compactMap(\.self) }

  /// Makes the folder and finds out before any work whether everything can be written.
  ///
  /// - Returns: the folder that was made, to be removed if nothing is put into it.
  func prepare(_ images: [String]) throws -> NewFolder {
    let folder = try NewFolder(out)
    do {
      try check(images)
    } catch {
      folder.removeIfEmpty()
      throw error
    }
    return folder
  }

  private func check(_ images: [String]) throws {
    guard access(out, W_OK | X_OK) == 0 else {
      throw CommandError.unwritable(out, "the folder may not be written to; check its permissions")
    }
    for file in others {
      guard access(NewFolder.parent(of: file), W_OK | X_OK) == 0 else {
        throw CommandError.unwritable(file, "its folder does not exist or may not be written to")
      }
    }
    guard Set(images + others).count == images.count + others.count else {
      throw CommandError(
        status: .usage, description: "--grid and --save-latents name the same file; name two")
    }
    for file in images + others { try check(file) }
  }

  /// Only a plain file is ever replaced: a rename onto a device or a folder would take its place.
  private func check(_ file: String) throws {
    var status = stat()
    guard stat(file, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw CommandError.unwritable(file, "there is something else of that name; name a plain file")
    }
    guard force else {
      throw CommandError(
        status: .inputOutput,
        description: "\(file) exists; choose another place, or replace it with --force")
    }
  }
}
