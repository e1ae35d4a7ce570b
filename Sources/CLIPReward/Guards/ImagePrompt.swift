internal import Files
internal import Imaging

/// The prompt that an image file tells itself.
public enum ImagePrompt {
  /// The prompt in a PNG's texts: of our own record, of A1111's parameters, or under `prompt`, as
  /// kohya's scripts write it; nil where there is none, or the file is no PNG with sound texts.
  ///
  /// A1111's `<lora:name:weight>` is taken out: it is no part of what the image should show.
  public static func read(_ bytes: [UInt8]) -> String? {
    guard ImageFile.format(of: bytes) == .png, let texts = try? PNGText.read(bytes) else {
      return nil
    }
    func text(_ keyword: String) -> String? { texts.first { $0.keyword == keyword }?.text }
    if let record = text(PNGText.recordKeyword),
      let value = try? JSONValue(parsing: Array(record.utf8)), let prompt = value["prompt"]?.string
    {
      return prompt
    }
    if let parameters = text(PNGText.parametersKeyword) {
      let prompt = withoutAdapters(GenerationParameters(parameters).prompt)
      return prompt.isEmpty ? nil : prompt
    }
    // ComfyUI keeps a graph under the same keyword.
    guard let prompt = text("prompt"), !prompt.isEmpty, !prompt.hasPrefix("{") else { return nil }
    return prompt
  }

  /// `prompt` without `<lora:…>`, `<lyco:…>` and `<hypernet:…>`.
  static func withoutAdapters(_ prompt: String) -> String {
    let plain = prompt.replacing(/\s*<(?:lora|lyco|hypernet):[^<>]*>/, with: "")
    return String(plain.trimmingPrefix(/[\s,]+/))
  }
}
