internal import CLIP
internal import CLIPReward
internal import Files

/// Which prompts are longer than the CLIP of a reward reads; each is told once, and not for ever.
final class TruncatedPrompts {
  private let model: CLIPEmbeddings?
  private let warn: (String) -> Void
  private var told: Set<String> = []

  /// - Parameters:
  ///   - model: the CLIP; nil where no reward reads prompts.
  ///   - warn: gets what was cut off.
  init(_ model: CLIPEmbeddings?, warn: @escaping (String) -> Void) {
    self.model = model
    self.warn = warn
  }

  /// Tells which of `prompts` are cut off.
  func check(_ prompts: some Sequence<String>) throws {
    guard let model = model?.model, told.count < 5 else { return }
    for prompt in Set(prompts).subtracting(told).sorted() {
      guard let rest = try model.truncation(of: prompt), told.insert(prompt).inserted else {
        continue
      }
      warn(
        "the CLIP sees \(try model.promptTokenCount) tokens of a prompt; "
          + "this was cut off: “\(rest.printable)”")
    }
  }
}
