internal import Torch

/// What a user of the command can do about a library's error: the library tells the fact, this
/// names the flags.
enum Advice {
  /// The error, and what to do about it where its own text cannot say.
  static func message(of error: any Error) -> String {
    switch error {
    case TorchError.outOfMemory: "\(error); try a smaller --batch or --res"
    default: "\(error)"
    }
  }
}
