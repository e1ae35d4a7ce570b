internal import Policies
internal import Torch

/// What a user of the command can do about a library's error: the library tells the fact, this
/// names the flags.
enum Advice {
  /// The error, and what to do about it where its own text cannot say.
  static func message(of error: any Error) -> String {
    switch error {
    case TorchError.outOfMemory: "\(error); try a smaller --batch or --res"
    case let error as TrainingDivergence:
      "\(error). --resume would come to the same step: begin from an adapter that was saved, with --lora FILE, a lower --lr "
        + "and another --out"
    default: "\(error)"
    }
  }

  /// That the model does not see `rest`, the end of a prompt.
  static func truncation(_ rest: String) -> String {
    "the model sees 75 tokens of a prompt; this was cut off: “\(rest)”"
  }
}
