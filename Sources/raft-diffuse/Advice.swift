internal import ArgumentParser
internal import LoRA
internal import Policies
internal import Tokenization
internal import Torch

/// What a user of the command can do about a library's error: the library tells the fact, this
/// names the flags.
enum Advice {
  /// The error, and what to do about it where its own text cannot say.
  ///
  /// - Parameter command: what was run, whose flags can be named.
  static func message(of error: any Error, in command: (any ParsableCommand)?) -> String {
    switch error {
    case TorchError.outOfMemory: "\(error); try a smaller --batch or --res"
    case AdapterFileError.mismatch where allowsMore(command):
      "\(error)".addingToFirstLine(" (--allow-partial takes what fits)")
    case let error as TrainingDivergence:
      "\(error). --resume would come to the same step: begin from an adapter that was saved, with --lora FILE, a lower --lr "
        + "and another --out"
    default: "\(error)"
    }
  }

  /// That `name`, which comes with the program, is taken since nobody names a model.
  static func ownModel(_ name: String) -> String {
    "no model is named: taking \(name), which comes with raft-diffuse; --model names one of your own"
  }

  /// That the model does not see `rest`, the end of a prompt.
  ///
  /// - Parameter tokenizer: the model's.
  static func truncation(_ rest: String, by tokenizer: CLIPTokenizer) -> String {
    "the model sees \(tokenizer.promptTokenCount) tokens of a prompt; this was cut off: “\(rest)”"
  }

  /// Whether the command has `--allow-partial`, and it was not given.
  private static func allowsMore(_ command: (any ParsableCommand)?) -> Bool {
    guard let command = command as? any PartialAdapterCommand else { return false }
    return !command.partialAdapters.allowPartial
  }
}

extension String {
  fileprivate func addingToFirstLine(_ text: String) -> String {
    let end = firstIndex(of: "\n") ?? endIndex
    return "\(self[..<end])\(text)\(self[end...])"
  }
}
