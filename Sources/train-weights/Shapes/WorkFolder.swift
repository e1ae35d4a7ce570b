internal import Files
internal import Foundation

/// Where the parts leave what they are in the middle of, and what they have finished.
struct WorkFolder {
  /// The folder.
  let path: String

  /// The folder at `path`, made where it is not there yet.
  init(_ path: String) throws {
    self.path = path
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw FileError.unwritable(
        path, reason: "the folder cannot be made; check the path and its permissions")
    }
  }

  /// The finished autoencoder.
  var autoencoder: ModelFolder { ModelFolder("\(path)/vae") }

  /// The finished denoiser.
  var denoiser: ModelFolder { ModelFolder("\(path)/unet") }

  /// The finished text tower.
  var textEncoder: ModelFolder { ModelFolder("\(path)/text_encoder", stem: "model") }

  /// The finished dual encoder.
  var dualEncoder: ModelFolder { ModelFolder("\(path)/clip", stem: "model") }

  /// The finished aesthetic head.
  var aestheticHead: String { "\(path)/aesthetic.safetensors" }

  /// The vocabulary.
  var tokenizer: String { "\(path)/tokenizer" }

  /// What the part called `name` has to say about itself.
  func record(of name: String) -> String { "\(path)/\(name).json" }

  /// Cached latents of pictures of `size` × `size` pixels.
  func latents(_ size: Int) -> String { "\(path)/latents-\(size)" }
}
