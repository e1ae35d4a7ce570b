public import Torch

/// A planned run: which timesteps, how noisy the start, and what one step does.
///
/// A sampler is a value and holds nothing that a run changes; what a step leaves for the next is in
/// `SamplerState`. All arithmetic is on `F32` tensors.
public protocol Sampler: Sendable {
  /// The timestep that the network is given at each evaluation, 0…999, possibly a fraction (Euler
  /// with linspace spacing), one an evaluation. They fall, but for PLMS, which evaluates its second
  /// one twice.
  var timesteps: [Double] { get }

  /// What unit noise is multiplied by to begin a run.
  var initialScale: Double { get }

  /// Whether the step at evaluation `index` takes noise.
  func drawsNoise(at index: Int) -> Bool

  /// What the network is shown: `latents` at unit variance, `[B, C, H, W]`.
  func scaledInput(_ latents: Tensor, at index: Int) throws -> Tensor

  /// Takes the latents one step on.
  ///
  /// - Parameters:
  ///   - state: the latents before this evaluation, and what earlier steps left.
  ///   - output: the network's output, guided, `F32 [B, C, H, W]`.
  ///   - index: which evaluation, from 0.
  ///   - noise: unit noise, `F32 [B, C, H, W]`, where `drawsNoise(at:)`; else ignored.
  /// - Throws: `SamplingError.noNoise` where it is needed and nil.
  func step(_ state: SamplerState, output: Tensor, at index: Int, noise: Tensor?) throws
    -> SamplerState
}

extension Sampler {
  /// How many noise tensors a run draws.
  public var draws: Int { timesteps.indices.count(where: drawsNoise(at:)) }

  /// By default no step takes noise.
  public func drawsNoise(at index: Int) -> Bool { false }

  /// By default the latents as they are.
  public func scaledInput(_ latents: Tensor, at index: Int) throws -> Tensor { latents }
}

/// What one step hands to the next.
public struct SamplerState {
  /// The latents, `F32 [B, C, H, W]`.
  public var latents: Tensor

  /// Outputs of earlier evaluations that a multistep sampler still needs, newest first.
  var past: [Tensor]

  /// The latents that PLMS steps from twice.
  var kept: Tensor?

  /// The start of a run from `latents`, `F32 [B, C, H, W]`, already multiplied by the sampler's
  /// `initialScale`.
  public init(latents: Tensor) {
    self.latents = latents
    past = []
  }

  /// The same history with other latents.
  func moved(to latents: Tensor) -> SamplerState {
    var state = self
    state.latents = latents
    return state
  }
}
