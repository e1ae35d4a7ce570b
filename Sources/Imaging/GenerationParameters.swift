/// How an image was made, as AUTOMATIC1111's web UI writes it into the PNG text "parameters".
///
/// ```
/// <prompt, may be many lines>
/// Negative prompt: <text, may be many lines>
/// Steps: 20, Sampler: DPM++ 2M, CFG scale: 7, Seed: 42, Size: 256x256, Model hash: 6ce0161689
/// ```
public struct GenerationParameters: Sendable, Equatable {
  /// One setting of the last line.
  public struct Setting: Sendable, Equatable {
    /// The name, such as "CFG scale": at least two letters, digits, "_", spaces, "-", "/".
    public var key: String
    /// The value, unquoted.
    public var value: String

    /// A setting from its name and its unquoted value.
    public init(_ key: String, _ value: String) {
      self.key = key
      self.value = value
    }
  }

  /// The prompt; lines are divided by line feeds. LoRAs stand in it as `<lora:name:weight>`.
  public var prompt: String
  /// The negative prompt; empty when there is none.
  public var negativePrompt: String
  /// The settings in their order; empty when the text had none.
  public var settings: [Setting]

  /// What the web UI takes for granted where a setting is absent.
  public static let defaults = ["Clip skip": "1", "RNG": "GPU", "Schedule type": "Automatic"]

  /// Parameters from their parts.
  public init(prompt: String, negativePrompt: String = "", settings: [Setting] = []) {
    self.prompt = prompt
    self.negativePrompt = negativePrompt
    self.settings = settings
  }

  /// The value under `key` (the last one, where there are several); nil where there is none.
  ///
  /// Setting a value replaces the last one in its place or appends; setting nil removes all of
  /// them.
  public subscript(key: String) -> String? {
    get { settings.last { $0.key == key }?.value }
    set {
      guard let newValue else {
        settings.removeAll { $0.key == key }
        return
      }
      if let index = settings.lastIndex(where: { $0.key == key }) {
        settings[index].value = newValue
      } else {
        settings.append(Setting(key, newValue))
      }
    }
  }

  /// The value under `key`, or else what the web UI takes for granted (see `defaults`).
  public func valueOrDefault(_ key: String) -> String? {
    self[key] ?? Self.defaults[key]
  }

  /// Width and height in pixels from the setting "Size", such as 512x768; nil where there is none.
  public var size: (width: Int, height: Int)? {
    guard let parts = self["Size"]?.split(separator: "x", omittingEmptySubsequences: false),
      parts.count == 2, parts.allSatisfy({ $0.allSatisfy(\.isASCII) && $0.allSatisfy(\.isNumber) }),
      let width = Int(parts[0]), let height = Int(parts[1])
    else { return nil }
    return (width, height)
  }

  /// The text as the web UI writes it.
  ///
  /// `GenerationParameters(p.text)` gives `p` back where it is in the form that this text can hold:
  /// no line of the prompts begins or ends with white space, none of the prompt's begins with
  /// "Negative prompt:", neither prompt begins or ends with an empty line, there are three settings
  /// or more, and keys are as `Setting.key` says.
  public var text: String {
    var lines = [prompt]
    if !negativePrompt.isEmpty { lines.append("Negative prompt: \(negativePrompt)") }
    if !settings.isEmpty {
      lines.append(
        settings.map { "\($0.key): \(QuotedValue.quoted($0.value))" }.joined(separator: ", "))
    }
    return lines.joined(separator: "\n")
  }
}
