public import NN
public import Tokenization
public import Torch

/// A CLIP model: images and texts to embeddings that can be compared (Radford et al. 2021).
///
/// PickScore is such a model, and so is HPSv2, under open_clip's names. A vision tower alone, with
/// its projection, embeds images only.
public final class CLIPModel {
  /// What the caller named, as messages name it.
  public let location: String

  /// The sizes that the towers were built with.
  public let configuration: CLIPConfiguration

  /// Where the towers compute. Embeddings are `F32` on the CPU whatever it says.
  public let placement: Placement

  /// How images become what the vision tower takes.
  public let preprocessor: ImagePreprocessor

  /// What the cosine is multiplied with before a softmax: about 100, `exp` of the stored number.
  /// PickScore reports the product. nil for a vision tower alone.
  public let logitScale: Double?

  /// The files that hold the weights, sorted: what the model's identity is hashed from.
  public let weightFiles: [String]

  /// What is odd about the files though they can be used, a sentence each; empty where all is well.
  public let warnings: [String]

  /// Elements of all weights.
  public let parameterCount: Int

  private let vision: VisionTransformer
  private let visualProjection: Linear
  private let text: TextEmbedder?
  private let tokenizers: TokenizerSource

  /// Width of an embedding, `D`.
  public var embeddingWidth: Int { configuration.projectionWidth }

  /// The activation as passports name it, such as `quick_gelu`.
  public var activation: String { configuration.activationName }

  /// Whether texts can be embedded; a vision tower alone cannot.
  public var embedsTexts: Bool { text != nil }

  /// Loads a model. Weights are mapped and read when they are first used; names, shapes and types
  /// are checked now.
  ///
  /// - Parameters:
  ///   - location: a folder of transformers or open_clip, a file of weights under either's names
  ///     (safetensors, torch checkpoint, or OpenAI's TorchScript archive), or the id of a model in
  ///     the local Hugging Face cache.
  ///   - placement: where the towers compute, and in which type.
  ///   - activation: what both towers use whatever the files say. Needed for files that do not say,
  ///     which are open_clip's without their configuration.
  ///   - tokenizer: a folder or file with a vocabulary; else the model's own, else the published
  ///     one that set-up left here.
  ///   - environment: the process's environment, which says where the local cache is.
  /// - Throws: `CLIPError`, `WeightsError`, `ConfigurationError`, `CheckpointError` or `FileError`.
  public init(
    _ location: String, placement: Placement = Placement(), activation: Activation? = nil,
    tokenizer: String? = nil, environment: [String: String]
  ) throws {
    let checkpoint = try CLIPCheckpoint(location, activation: activation, environment: environment)
    let configuration = checkpoint.configuration
    let weights = checkpoint.tensors.weights(placement)
    guard weights.contains("visual_projection.weight") || configuration.text != nil else {
      throw CLIPError.unsupported(
        path: location, kind: "a vision tower without its projection (visual_projection.weight)",
        advice: "its states are no embeddings: \(CLIPFamily.advice)")
    }
    vision = try VisionTransformer(weights["vision_model"], configuration.vision)
    visualProjection = try Linear(
      weights["visual_projection"], from: configuration.vision.width,
      to: configuration.projectionWidth, bias: false)
    text = try configuration.text.map { text in
      try TextEmbedder(weights, text, configuration)
    }
    let hasText = text != nil
    let scale = weights.entries["logit_scale"]?.shape ?? []
    let logit =
      hasText ? weights.inFullPrecision.frozen("logit_scale", scale, .zeros) : nil
    try weights.verify(ignoring: { CLIPTensors.isIgnored($0, hasText: hasText) })
    logitScale = try logit?.dense().to(.float64).exp().item()
    preprocessor =
      try checkpoint.preprocessing.map {
        try ImagePreprocessor($0, imageSize: configuration.vision.imageSize)
      } ?? ImagePreprocessor(imageSize: configuration.vision.imageSize)
    self.location = location
    self.configuration = configuration
    self.placement = placement
    weightFiles = checkpoint.tensors.files
    parameterCount = weights.elementCount
    tokenizers = TokenizerSource(
      named: tokenizer, folder: checkpoint.folder, location: location, text: configuration.text)
    var warnings = checkpoint.warnings
    if preprocessor.isAssumed {
      warnings.append(
        "\(location) does not say how images are prepared; they are prepared as OpenAI does it: "
          + preprocessor.summary)
    }
    if let text = configuration.text, case .first(let end) = configuration.endOfText,
      end >= text.vocabularySize
    {
      warnings.append(
        "the end-of-text id of \(location) is \(end) and its vocabulary has \(text.vocabularySize) "
          + "tokens, so all texts get one embedding, as in transformers; correct eos_token_id")
    }
    self.warnings = warnings
  }

  /// Prompts to token ids.
  ///
  /// - Throws: `CLIPError` where there is no vocabulary, or one that does not fit;
  ///   `TokenizationError`.
  public var tokenizer: CLIPTokenizer { get throws { try tokenizers.tokenizer } }

  /// SHA-256 of all that decides which tokens a text becomes.
  ///
  /// - Throws: whatever ``tokenizer`` throws.
  public var vocabularyDigest: String { get throws { try tokenizer.digest } }

  /// How many tokens of a prompt the model sees, begin and end not counted: 75 of CLIP's 77.
  ///
  /// - Throws: whatever ``tokenizer`` throws.
  public var promptTokenCount: Int { get throws { max(context(of: try tokenizer) - 2, 0) } }

  /// - Parameter pixels: prepared images, `[B, 3, S, S]`, as ``preprocessor`` makes them.
  /// - Returns: embeddings of length 1, `F32 [B, D]` on the CPU.
  public func imageEmbeddings(_ pixels: Tensor) throws -> Tensor {
    try withoutGradients {
      try visualProjection(vision(pixels)).normalisedRows()
    }
  }

  /// Texts beyond the context are cut; ``truncation(of:)`` says which.
  ///
  /// - Returns: embeddings of length 1, `F32 [P, D]` on the CPU, for `P` prompts, one at least.
  /// - Throws: `CLIPError.noText` for a vision tower alone; whatever ``tokenizer`` throws.
  public func textEmbeddings(_ prompts: [String]) throws -> Tensor {
    guard let text else { throw CLIPError.noText(path: location) }
    let tokenizer = try tokenizer
    let ids = prompts.map { tokens(of: $0, tokenizer).kept }
    return try withoutGradients { try text(ids, padding: tokenizer.paddingID) }
  }

  /// What of `prompt` the model does not see; nil where it sees all.
  public func truncation(of prompt: String) throws -> String? {
    let tokenizer = try tokenizer
    let rest = tokens(of: prompt, tokenizer).rest
    return rest.isEmpty ? nil : tokenizer.decode(rest)
  }

  private func context(of tokenizer: CLIPTokenizer) -> Int {
    min(tokenizer.contextLength, configuration.text?.positions ?? 77)
  }

  /// Begin, the tokens that fit, end; and the tokens that do not fit.
  private func tokens(of prompt: String, _ tokenizer: CLIPTokenizer) -> (kept: [Int], rest: [Int]) {
    let all = tokenizer.encode(prompt)
    let kept = all.prefix(max(context(of: tokenizer) - 2, 0))
    return ([tokenizer.beginID] + kept + [tokenizer.endID], Array(all.dropFirst(kept.count)))
  }
}

extension Tensor {
  /// Each row divided by its length, `F32` on the CPU, from `[B, D]`.
  package func normalisedRows() throws -> Tensor {
    let rows = try to(.float32, device: .cpu)
    return try rows / (rows * rows).sum(along: [1], keepingDimensions: true).squareRoot()
  }
}
