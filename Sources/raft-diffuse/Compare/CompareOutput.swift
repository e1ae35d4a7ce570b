internal import Alignment
internal import ArgumentParser
internal import Diffusion
internal import Foundation

/// Where a comparison goes.
struct CompareOutput: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The folder for images, grid.png, compare.json and compare.html; made if absent.",
      valueName: "dir"))
  var out = "comparison"

  @Option(help: ArgumentHelp("The most rows of grid.png.", valueName: "n"))
  var gridRows = 24

  @Flag(help: "Begin anew where a comparison is there already.")
  var force = false

  @Flag(help: "Print what compare.json holds on standard output.")
  var json = false

  @Flag(help: "No progress and no notes.")
  var quiet = false

  func validate() throws {
    guard (1...10_000).contains(gridRows) else {
      throw ValidationError("--grid-rows must lie in 1…10000.")
    }
  }

  private var folder: String { out.hasSuffix("/") ? out : out + "/" }

  /// The report.
  var report: String { folder + "compare.json" }

  /// The page.
  var page: String { folder + "compare.html" }

  /// The sheet.
  var grid: String { folder + "grid.png" }

  /// The scores as they come.
  var scores: String { folder + "scores.jsonl" }

  /// The images of an arm, one a request, by prompt and seed.
  ///
  /// - Parameter perPrompt: how many requests in a row are of one prompt.
  func images(of arm: String, _ requests: [ImageRequest], perPrompt: Int) -> [String] {
    let digits = max(String(requests.count / perPrompt - 1).count, 3)
    return requests.enumerated().map { place, request in
      let number = String(place / perPrompt)
      let padded = String(repeating: "0", count: digits - number.count) + number
      return "\(folder)images/\(arm)/\(padded)-\(request.seed).png"
    }
  }

  /// Makes the folder and finds out before any work whether everything can be written.
  ///
  /// - Parameter images: the images that are to be made.
  /// - Returns: the folder that was made, to be removed if nothing is put into it.
  func prepare(_ images: [String]) throws -> NewFolder {
    let made = try NewFolder(out)
    do {
      guard access(out, W_OK | X_OK) == 0 else {
        throw CommandError.unwritable(
          out, "the folder may not be written to; check its permissions")
      }
      // What a comparison left behind may be written again; what another command did may not.
      let isOurs = force || FileManager.default.fileExists(atPath: scores)
      for file in [report, page, grid, scores] { try OutputFile.check(file, force: isOurs) }
      if force { try remove([report, page, grid, scores] + images) }
    } catch {
      made.removeIfEmpty()
      throw error
    }
    return made
  }

  private func remove(_ files: [String]) throws {
    for file in files where unlink(file) != 0 && errno != ENOENT && errno != ENOTDIR {
      throw CommandError.unwritable(file, "it cannot be removed; check the folder's permissions")
    }
  }
}
