internal import Diffusion
internal import Imaging

/// How an image was made, in full: the JSON text chunk `raft-diffuse` of every PNG.
struct ImageRecord: Codable, Equatable {
  var version: String

  /// A file's or folder's whole path, or a hub id.
  var model: String

  /// The adapters that were added to the model; nil for none.
  var adapters: [AdapterRecord]?
  var prompt: String
  var negativePrompt: String
  var seed: UInt64
  var width: Int
  var height: Int
  var sampler: String
  var steps: Int
  var guidance: Double
  var eta: Double
  var spacing: String?
  var prediction: String
  var matchesDiffusersSteps: Bool
  var clipSkip: Int
  var emphasis: Bool
  var longPrompts: Bool
  var precision: String
  var device: String
  var threads: Int
  var torch: String

  /// The files of noise that the image began from, which its seed alone does not tell, and its
  /// place in them.
  var initialLatents: String?
  var stepNoise: String?
  var indexInNoise: Int?

  /// How it was judged; nil where it was not.
  var reward: RewardNote?

  /// Arguments that make this image again, alone; nil where noise came from a file.
  var command: [String]?

  enum CodingKeys: String, CodingKey {
    case version, model, adapters, prompt, seed, width, height, sampler, steps, guidance, eta,
      spacing
    case prediction, emphasis, precision, device, threads, torch, command, reward
    case negativePrompt = "negative_prompt"
    case matchesDiffusersSteps = "match_diffusers_steps"
    case clipSkip = "clip_skip"
    case longPrompts = "long_prompts"
    case initialLatents = "initial_latents"
    case stepNoise = "step_noise"
    case indexInNoise = "index_in_noise"
  }

  /// The same as other tools read it.
  var parameters: GenerationParameters {
    let (name, schedule) = SamplerKind(rawValue: sampler)?.a1111Name ?? (sampler, nil)
    var settings: [GenerationParameters.Setting] = [
      .init("Steps", String(steps)), .init("Sampler", name),
    ]
    if let schedule { settings.append(.init("Schedule type", schedule)) }
    settings += [
      .init("CFG scale", Self.number(guidance)), .init("Seed", String(seed)),
      .init("Size", "\(width)x\(height)"), .init("Model", Self.baseName(model)),
    ]
    if clipSkip > 1 { settings.append(.init("Clip skip", String(clipSkip))) }
    if eta > 0 { settings.append(.init("Eta DDIM", Self.number(eta))) }
    let adapters = adapters ?? []
    if !adapters.isEmpty {
      let hashes = adapters.map { "\($0.name): \($0.hash.prefix(12))" }
      settings.append(.init("Lora hashes", hashes.joined(separator: ", ")))
    }
    settings += [.init("RNG", "CPU"), .init("Version", "raft-diffuse \(version)")]
    // Where the web UI looks for adapters; the record's own prompt stays as it is.
    let tags = adapters.map { "<lora:\($0.name):\(Self.number($0.scale))>" }
    return GenerationParameters(
      prompt: ([prompt] + tags).filter { !$0.isEmpty }.joined(separator: " "),
      negativePrompt: negativePrompt, settings: settings)
  }

  /// The text chunks of the image's PNG.
  func texts() throws -> [PNGText] {
    [
      PNGText(keyword: PNGText.parametersKeyword, text: parameters.text),
      PNGText(keyword: PNGText.recordKeyword, text: try Console.compactJSON(self)),
    ]
  }

  private static func number(_ value: Double) -> String {
    Int(exactly: value).map { String($0) } ?? String(value)
  }

  /// A file's name without folder and extension.
  private static func baseName(_ path: String) -> String {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex,
      [".safetensors", ".ckpt", ".pt", ".bin"].contains(String(name[dot...]))
    else { return name }
    return String(name[..<dot])
  }
}

extension SamplerKind {
  /// The sampler's name in A1111's web UI, and that of its noise levels where it has one.
  var a1111Name: (sampler: String, schedule: String?) {
    switch self {
    case .ddim: ("DDIM", nil)
    case .pndm: ("PLMS", nil)
    case .euler: ("Euler", nil)
    case .ancestralEuler: ("Euler a", nil)
    case .dpmSolver: ("DPM++ 2M", nil)
    case .dpmSolverKarras: ("DPM++ 2M", "Karras")
    case .ddpm: ("DDPM", nil)
    }
  }
}
