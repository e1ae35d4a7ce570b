public import CLIP
public import NN
public import Tokenization

/// A text-to-image model of the SD-1.x family: tokenizer, text tower, UNet, VAE and noise schedule.
public final class StableDiffusion {
  /// Where the model was loaded from.
  public let location: ModelLocation

  /// Prompts to token ids.
  public let tokenizer: CLIPTokenizer

  /// Token ids to text states.
  public let textEncoder: TextTransformer

  /// Predicts the noise.
  public let unet: UNet2DConditionModel

  /// Latents to images and back.
  public let vae: AutoencoderKL

  /// The noise schedule that the checkpoint was trained with.
  public let scheduler: SchedulerConfiguration

  /// What is odd about the checkpoint though it can be used, a sentence each; empty where all is
  /// well.
  public let warnings: [String]

  /// Elements of all weights.
  public let parameterCount: Int

  /// Where the model computes.
  public var placement: Placement { unet.placement }

  /// Loads a model. Weights are mapped and read when they are first used; names, shapes and types
  /// are checked now.
  ///
  /// - Parameters:
  ///   - location: a diffusers folder or a single file.
  ///   - variant: which of several sets of weights to prefer, such as `fp16`; folders only.
  ///   - tokenizer: a folder or file with a vocabulary; needed for single files, else the model's
  ///     own.
  /// - Throws: `ModelError`, `WeightsError`, `ConfigurationError`, `TokenizationError` or
  ///   `FileError`.
  public init(
    _ location: ModelLocation, placement: Placement, variant: String? = nil,
    tokenizer: String? = nil
  ) throws {
    self.location = location
    let parts = try location.parts(variant: variant)
    let unetConfiguration = try parts.unetConfiguration(path: location.path)
    let vaeConfiguration = try VAEConfiguration(parts.configuration(.vae))
    let textConfiguration = try TextConfiguration(parts.configuration(.textEncoder))
    try Self.check(unetConfiguration, vaeConfiguration, textConfiguration, location)
    scheduler = try parts.scheduler
    self.tokenizer = try Self.tokenizer(named: tokenizer, of: parts)
    warnings = try Self.check(self.tokenizer, textConfiguration, location)
    let unet = try parts.unet(unetConfiguration, placement: placement)
    let vae = try parts.vae(vaeConfiguration, placement: placement)
    let textEncoder = try parts.textEncoder(textConfiguration, placement: placement)
    self.unet = unet.network
    self.vae = vae.network
    self.textEncoder = textEncoder.network
    parameterCount = unet.elementCount + vae.elementCount + textEncoder.elementCount
  }

  /// The named vocabulary, else the model's own, else the published one that scripts/setup left
  /// here.
  private static func tokenizer(named name: String?, of parts: any ModelParts) throws
    -> CLIPTokenizer
  {
    if let place = name ?? parts.tokenizerFolder { return try CLIPTokenizer(at: place) }
    guard let installed = try CLIPTokenizer.installed() else {
      throw ModelError.noTokenizer(looked: CLIPTokenizer.installedPlaces)
    }
    return installed
  }

  /// Refuses a tokenizer whose tokens the text encoder has no embeddings for. Returns what is odd
  /// about one that is smaller than its table: most such tables are padded, but it may also be the
  /// tokenizer of another model.
  private static func check(
    _ tokenizer: CLIPTokenizer, _ text: TextConfiguration, _ location: ModelLocation
  ) throws -> [String] {
    let largest = max(tokenizer.beginID, tokenizer.endID, tokenizer.paddingID)
    guard tokenizer.tokenCount <= text.vocabularySize, largest < text.vocabularySize else {
      throw ModelError.misfit(
        "the vocabulary has \(max(tokenizer.tokenCount, largest + 1)) tokens, but the text encoder of \(location.path) has "
          + "embeddings for \(text.vocabularySize); the tokenizer is of another model")
    }
    guard tokenizer.contextLength <= text.positions else {
      throw ModelError.misfit(
        "the tokenizer makes prompts of \(tokenizer.contextLength) tokens (model_max_length), but the text encoder of "
          + "\(location.path) has \(text.positions) positions; the tokenizer is of another model")
    }
    guard tokenizer.tokenCount < text.vocabularySize else { return [] }
    return [
      "the vocabulary has \(tokenizer.tokenCount) tokens, and the text encoder of \(location.path) has embeddings for "
        + "\(text.vocabularySize); if the tokenizer is of another model, prompts mean something else to it"
    ]
  }

  private static func check(
    _ unet: UNetConfiguration, _ vae: VAEConfiguration, _ text: TextConfiguration,
    _ location: ModelLocation
  ) throws {
    guard unet.contextWidth == text.width else {
      throw ModelError.misfit(
        "the UNet of \(location.path) wants text states of width \(unet.contextWidth), but its text encoder makes them "
          + "\(text.width) wide; the components are of different models")
    }
    guard unet.inChannels == vae.latentChannels, unet.outChannels == vae.latentChannels else {
      throw ModelError.misfit(
        "the UNet of \(location.path) takes \(unet.inChannels) channels and makes \(unet.outChannels), but its VAE has "
          + "\(vae.latentChannels) latent channels; the components are of different models")
    }
  }
}
