internal import ArgumentParser
internal import Diffusion
internal import Foundation

/// Where images and latents go.
struct SampleOutput: ParsableArguments {
  @Option(help: ArgumentHelp("The folder for the images; made if absent.", valueName: "dir"))
  var out = "images"

  @Option(
    help: ArgumentHelp("A labelled sheet of all images: rows prompts, columns seeds.", valueName: "file"))
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
    let digits = max(String((requests.count - 1) / perPrompt).count, 3)
    return requests.enumerated().map { i, request in
      let number = String(i / perPrompt)
      let padding = String(repeating: "0", count: digits - number.count)
      return "\(out)/\(padding)\(number)-\(request.seed).png"
    }
  }

  /// Makes the folder and finds out before any work whether everything can be written.
  func prepare(_ images: [String]) throws {
    do {
      try FileManager.default.createDirectory(atPath: out, withIntermediateDirectories: true)
    } catch {
      throw unwritable(out, "the folder cannot be made; check the path and its permissions")
    }
    guard access(out, W_OK | X_OK) == 0 else {
      throw unwritable(out, "the folder may not be written to; check its permissions")
    }
    for file in [grid, saveLatents].compactMap(\.self) {
      let folder = (file as NSString).deletingLastPathComponent
      guard access(folder.isEmpty ? "." : folder, W_OK | X_OK) == 0 else {
        throw unwritable(file, "its folder does not exist or may not be written to")
      }
    }
    guard !force else { return }
    for file in images + [grid, saveLatents].compactMap(\.self)
    where FileManager.default.fileExists(atPath: file) {
      throw CommandError(
        status: .inputOutput,
        description: "\(file) exists; choose another place, or replace it with --force")
    }
  }

  private func unwritable(_ path: String, _ reason: String) -> CommandError {
    CommandError(status: .inputOutput, description: "\(path) cannot be written: \(reason)")
  }
}
