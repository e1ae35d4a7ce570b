internal import ArgumentParser
internal import ExitStatuses
internal import Foundation

/// Where the adapter goes.
struct TuneOutput: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The folder for the adapter and what --resume needs; made if absent.", valueName: "dir"))
  var out = "adapter"

  @Option(
    help: ArgumentHelp(
      "Save the adapter and what --resume needs after every so many steps.", valueName: "n"))
  var saveEvery = 50

  @Flag(
    help: """
      Go on with the training in --out, with the same options; under a constant --schedule --steps may differ.
      """)
  var resume = false

  @Flag(help: "Replace files that exist.")
  var force = false

  @Flag(
    help: "Print a machine-readable object for each step on standard output, and one at the end.")
  var json = false

  @Flag(help: "No progress and no notes.")
  var quiet = false

  func validate() throws {
    if saveEvery < 1 { throw ValidationError("--save-every must be at least 1.") }
    if resume, force { throw ValidationError("--resume goes on and --force begins anew: choose.") }
  }

  /// The adapter's file.
  var adapter: String { path("pytorch_lora_weights.safetensors") }

  /// The same for A1111, ComfyUI and kohya's scripts, named after the folder.
  var kohya: String { path("\(name)-kohya.safetensors") }

  /// What the adapter is called: the folder's name.
  var name: String { URL(fileURLWithPath: out).standardizedFileURL.lastPathComponent }

  /// Factors and optimiser as training goes on from them.
  var optimizer: String { path("optimizer.safetensors") }

  /// How the training was asked for, for people.
  var state: String { path("state.json") }

  private func path(_ name: String) -> String { out.hasSuffix("/") ? out + name : "\(out)/\(name)" }

  /// Whether --resume finds something to go on from.
  var goesOn: Bool { resume && access(optimizer, F_OK) == 0 }

  /// Makes the folder, and finds out before any work whether everything can be written.
  ///
  /// - Returns: the folder that was made, to be removed if nothing is put into it.
  func prepare(others: [String]) throws -> NewFolder {
    let folder = try NewFolder(out)
    do {
      guard access(out, W_OK | X_OK) == 0 else {
        throw CommandError.unwritable(
          out, "the folder may not be written to; check its permissions")
      }
      let own = goesOn ? [] : [adapter, kohya, optimizer, state]
      for file in own + others where access(file, F_OK) == 0 && !force {
        throw CommandError(
          status: .inputOutput,
          description: "\(file) exists; choose another place, or replace it with --force"
            + (own.contains(file) && access(optimizer, F_OK) == 0 ? ", or go on with --resume" : "")
        )
      }
    } catch {
      folder.removeIfEmpty()
      throw error
    }
    return folder
  }
}
