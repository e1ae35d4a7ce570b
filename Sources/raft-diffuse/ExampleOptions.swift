internal import ArgumentParser
internal import CLIPReward
internal import Diffusion
internal import ExitStatuses
internal import Files
internal import Imaging
internal import NN
internal import Policies
internal import Tokenization
internal import Torch

/// What the adapter learns from.
struct ExampleOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Latents as sample --save-latents writes them: safetensors with one tensor latents, [N, 4, h, w].",
      valueName: "file"))
  var latents: String?

  @Option(
    help: ArgumentHelp(
      "A file with one prompt a line for each of the latents, or one for all; # begins a comment line.",
      valueName: "file"))
  var prompts: String?

  @Option(
    help: ArgumentHelp(
      """
      Images: a folder with metadata.csv or metadata.jsonl (columns file_name and text), such a file, or a folder of images \
      with a .txt beside each.
      """, valueName: "dir|file"))
  var images: String?

  @Option(
    help: ArgumentHelp(
      "Images are scaled and cropped to this size, N or WxH; 512 by default.", valueName: "size"))
  var res: ImageSize?

  func validate() throws {
    guard (latents == nil) != (images == nil) else {
      throw ValidationError("Give examples with --latents and --prompts, or with --images.")
    }
    if latents != nil, prompts == nil {
      throw ValidationError("--latents needs --prompts: what do the latents show?")
    }
    if images != nil, prompts != nil {
      throw ValidationError("--images come with captions of their own; leave out --prompts.")
    }
  }

  /// Where the examples are.
  private enum Source {
    case latents(String, prompts: String)
    case images(String)
  }

  private func source() throws -> Source {
    switch (latents, prompts, images) {
    case (let latents?, let prompts?, nil): return .latents(latents, prompts: prompts)
    case (nil, nil, let images?): return .images(images)
    default:
      throw CommandError(
        status: .usage, description: "examples are either --latents and --prompts, or --images")
    }
  }

  /// What is odd about the options though they can be used; nil where all is well.
  var warning: String? {
    guard res != nil, latents != nil else { return nil }
    return "--res is for --images; latents are taken in the size that they have"
  }

  /// Everything that there is to learn from.
  func load(_ model: StableDiffusion, _ draws: TrainingDraws, isQuiet: Bool) throws
    -> LoadedExamples
  {
    switch try source() {
    case .latents(let path, let prompts): return try given(path, prompts, model)
    case .images(let path):
      let images = try CaptionedImage.list(path)
      let progress = ProgressLine(total: images.count, unit: "image", isQuiet: isQuiet)
      defer { progress.finish() }
      return try encoded(images, model, draws, progress)
    }
  }

  private func given(_ path: String, _ promptFile: String, _ model: StableDiffusion) throws
    -> LoadedExamples
  {
    let texts = try PromptInputs.prompts(in: promptFile)
    let latents = try CheckpointFile.open(path).entryOrOnly("latents").tensor().to(.float32)
    let channels = model.unet.configuration.inChannels
    guard latents.rank == 4, latents.shape[1] == channels, latents.count > 0 else {
      throw CommandError(
        status: .badInput,
        description:
          "\(path) has latents of shape \(latents.shape), but the model needs [N, \(channels), height/8, width/8]"
      )
    }
    guard try latents.isFinite() else {
      throw CommandError(
        status: .badInput, description: "\(path) holds an infinity or a NaN; make the latents again"
      )
    }
    let count = latents.shape[0]
    guard texts.count == count || texts.count == 1 else {
      throw CommandError(
        status: .badInput,
        description:
          "\(promptFile) has \(texts.count) prompts, but \(path) has \(count) latents; write one prompt for each, or one for all"
      )
    }
    let prompts = texts.count == count ? texts : Array(repeating: texts[0], count: count)
    let digest = try latents.withBytes { Digest.sha256($0) }
    return LoadedExamples(
      TrainingExamples(latents: latents, prompts: prompts), digests: [digest],
      tokenizer: model.tokenizer)
  }

  private func encoded(
    _ images: [CaptionedImage], _ model: StableDiffusion, _ draws: TrainingDraws,
    _ progress: ProgressLine
  ) throws -> LoadedExamples {
    let res = res ?? ImageSize(width: 512, height: 512)
    let encoder = try ExampleEncoder(model, draws: draws, width: res.width, height: res.height)
    var digests: [String] = []
    let latents = try images.enumerated().map { index, image in
      guard !Interruption.isRequested else {
        throw CommandError(
          status: .tryAgain,
          description:
            "stopped as you asked after \(index) of \(images.count) images, before the first step")
      }
      let picture = try ImageFile.read(image.path).covering(width: res.width, height: res.height)
      // Latents differ in their last digits from machine to machine; pixels do not.
      digests.append(picture.pixelDigest)
      let drawn = try encoder.latents(of: picture, index: index, name: image.path)
      progress.update(index + 1, image.path)
      return drawn
    }
    return LoadedExamples(
      TrainingExamples(latents: try .stacked(latents), prompts: images.map(\.caption)),
      digests: digests, tokenizer: model.tokenizer)
  }
}

/// What there is to learn from, and by what it is known.
struct LoadedExamples {
  /// Latents and prompts.
  let examples: TrainingExamples

  /// SHA-256 of what the latents were made of, and of the prompts and their tokens, 64 hexadecimal
  /// digits.
  let digest: String

  /// - Parameter digests: of the latents, or of the images that they were made of.
  init(_ examples: TrainingExamples, digests: [String], tokenizer: CLIPTokenizer) {
    self.examples = examples
    let texts = examples.prompts.map { "\($0.utf8.count):\($0) \(tokenizer.encode($0))" }
    digest = Digest.sha256("\(examples.latents.shape) \(digests) \(texts.joined())".utf8)
  }
}
