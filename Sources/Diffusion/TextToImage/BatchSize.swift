internal import NN
internal import Torch

/// How many images are made at once.
public enum BatchSize {
  /// A size that fits into the memory that is free, and beyond which a CPU gains nothing.
  ///
  /// - Parameters:
  ///   - model: what will make the images.
  ///   - options: their size and guidance.
  /// - Returns: at least 1.
  public static func fitting(_ model: StableDiffusion, _ options: TextToImageOptions) -> Int {
    let free = freeMemory(model.placement.device) ?? 4 << 30
    let weights = model.parameterCount * model.placement.dtype.size
    let reserved = weights + decodingBytes(model, options)
    let fitting = max(free * 3 / 4 - reserved, 0) / bytesPerImage(model, options)
    let useful = model.placement.device == .cpu ? usefulOnCPU(model, options) : 64
    return max(min(fitting, useful), 1)
  }

  /// On a CPU the kernels are full from some thousand latent pixels on (make bench-sample).
  private static func usefulOnCPU(_ model: StableDiffusion, _ options: TextToImageOptions) -> Int {
    16_384 / (rows(options) * latentPixels(model, options))
  }

  /// What the UNet holds for one image at the peak: the states that the way up will want, and some
  /// 24 tensors of the finest level's size while its widest layer runs.
  private static func bytesPerImage(_ model: StableDiffusion, _ options: TextToImageOptions) -> Int
  {
    let finest = model.unet.configuration.levels[0].channels
    return 32 * finest * latentPixels(model, options) * rows(options) * model.placement.dtype.size
  }

  /// What the VAE holds while it decodes one image: five tensors of its second level's channels at
  /// full size.
  private static func decodingBytes(_ model: StableDiffusion, _ options: TextToImageOptions) -> Int
  {
    let side = TextToImage.largestUntiled
    let pixels = min(options.width, side) * min(options.height, side)
    return 5 * model.vae.configuration.widths.prefix(2).reduce(0, max) * pixels
      * model.placement.dtype.size
  }

  private static func rows(_ options: TextToImageOptions) -> Int {
    Guidance(scale: options.guidance).isActive ? 2 : 1
  }

  private static func latentPixels(_ model: StableDiffusion, _ options: TextToImageOptions) -> Int {
    let scale = model.vae.configuration.scale
    return max(options.width / scale, 1) * max(options.height / scale, 1)
  }

  private static func freeMemory(_ device: Device) -> Int? {
    if case .cuda(let index) = device { return try? Machine.cudaMemory(index).free }
    return Machine.availableMemory
  }
}
