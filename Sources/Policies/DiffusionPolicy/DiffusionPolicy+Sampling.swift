public import Diffusion
public import Imaging
internal import NN
public import RAFT
public import Torch

extension DiffusionPolicy {
  /// Samples from the model as it is now, with the collecting sampler; all requests are one batch.
  ///
  /// - Throws: `SamplingError.stopped` where ``onProgress`` asks for it, `TorchError.outOfMemory`
  ///   where the batch is too large; an image that is not finite is that candidate's failure.
  public func candidates(for requests: [SampleRequest<String>]) throws
    -> [Candidate<String, DiffusionSample>]
  {
    let images = requests.map {
      ImageRequest(
        prompt: $0.prompt, negativePrompt: settings.negativePrompt, seed: $0.seed)
    }
    let results = try samples(images, sampling: settings.collecting, progress: onProgress)
    return zip(requests, results).map { request, result in
      switch result {
      case .success(let sample): Candidate(request, sample)
      case .failure(let error): Candidate(request, failure: "\(error)")
      }
    }
  }

  /// Samples one batch. An image depends on its request alone, but for rounding: the bytes are the
  /// same where the batch is.
  ///
  /// - Parameters:
  ///   - requests: the batch; `ImageRequest.negativePrompt` counts, not that of the settings.
  ///   - adapter: what hangs in the model while it samples.
  ///   - progress: hears of every evaluation of the network; `.stop` ends the batch.
  /// - Returns: for each request the sample, or `GenerationError.notFinite`.
  /// - Throws: `SamplingError.stopped` after `.stop`, `TorchError.outOfMemory` where the batch is
  ///   too large.
  public func samples(
    _ requests: [ImageRequest], sampling: SamplerSettings, adapter: SampledAdapter = .current,
    progress: (SamplingProgress) -> SamplingDecision = { _ in .continue }
  ) throws -> [Result<DiffusionSample, GenerationError>] {
    guard !requests.isEmpty else { return [] }
    let textToImage = try textToImage(sampling)
    try hang(adapter)
    return try textToImage.results(for: requests, progress: progress).map { result in
      switch result {
      case .success(let latents): .success(sample(try latents.to(device: .cpu)))
      case .failure(let error): .failure(error)
      }
    }
  }

  /// A sample whose picture is decoded when it is asked for.
  ///
  /// - Parameter latents: `F32 [4, H, W]`.
  public func sample(_ latents: Tensor) -> DiffusionSample {
    DiffusionSample(latents: latents) { [self] in try image(of: latents) }
  }

  /// The picture that latents make, in either phase: adapters do not touch the VAE.
  ///
  /// - Parameter latents: `[4, H, W]`.
  public func image(of latents: Tensor) throws -> RGBImage {
    let decoded = try textToImage(settings.collecting)
      .decode(latents.unsqueezed(0).to(device: model.placement.device))
    return try RGBImage.images(from: decoded)[0]
  }

  /// The loop that samples.
  func textToImage(_ sampling: SamplerSettings) throws -> TextToImage {
    try TextToImage(
      model, sampler: sampling.sampler(for: model.scheduler),
      options: settings.textToImage(sampling))
  }
}
