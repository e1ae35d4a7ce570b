internal import NN
public import Torch

/// The mean squared error of a network that predicts what noise did to latents: `‖ε − ε_θ(x_t, t)‖²`
/// (Ho et al., arXiv 2006.11239, eq. 14), or the same for another prediction type.
public struct DenoisingLoss: Sendable {
  private let schedule: NoiseSchedule
  private let prediction: PredictionType

  /// The loss of a model that was trained with this schedule and prediction type.
  public init(_ schedule: NoiseSchedule, prediction: PredictionType) {
    self.schedule = schedule
    self.prediction = prediction
  }

  /// The loss of the schedule and the prediction type of `configuration`.
  public init(_ configuration: SchedulerConfiguration) {
    self.init(NoiseSchedule(configuration), prediction: configuration.predictionType)
  }

  /// The training timesteps, N: timesteps are 0..<N.
  public var timestepCount: Int { schedule.count }

  /// `√ᾱ_t·x₀ + √(1−ᾱ_t)·ε`.
  ///
  /// - Parameters:
  ///   - latents: x₀, as the UNet sees them, `F32 [B, 4, H, W]`.
  ///   - noise: ε, `F32 [B, 4, H, W]`.
  ///   - timesteps: t, `B` of them.
  /// - Returns: x_t, `F32 [B, 4, H, W]`.
  public func noisy(_ latents: Tensor, noise: Tensor, timesteps: [Int]) throws -> Tensor {
    let (alpha, sigma) = try scales(at: timesteps, device: latents.device)
    return try alpha * latents + sigma * noise
  }

  /// What the network ought to predict: ε, `√ᾱ·ε − √(1−ᾱ)·x₀`, or x₀.
  ///
  /// - Returns: `F32 [B, 4, H, W]`.
  public func target(_ latents: Tensor, noise: Tensor, timesteps: [Int]) throws -> Tensor {
    switch prediction {
    case .epsilon: return noise
    case .sample: return latents
    case .velocity:
      let (alpha, sigma) = try scales(at: timesteps, device: latents.device)
      return try alpha * noise - sigma * latents
    }
  }

  /// What an error of the network's output is to be multiplied with to be an error of the noise ε:
  /// 1, `√ᾱ_t`, or `√ᾱ_t/√(1−ᾱ_t)`.
  ///
  /// - Parameter timestep: t, 0..<N.
  public func noisePerOutput(at timestep: Int) -> Double {
    let signal = schedule.signal[timestep]
    return switch prediction {
    case .epsilon: 1
    case .velocity: signal.squareRoot()
    case .sample: (signal / (1 - signal)).squareRoot()
    }
  }

  /// What the network predicts, by itself or guided: `u + w·(c − u)`, with gradients through both
  /// branches, which go through the network in one batch.
  ///
  /// - Parameters:
  ///   - noisy: x_t, `F32 [B, 4, H, W]`.
  ///   - timesteps: 0..<N, `B` of them.
  ///   - states: text states, `[B, M, D]`; with guidance `[2B, M, D]`, those of what should not be
  ///     seen first.
  /// - Returns: `F32 [B, 4, H, W]`.
  public func prediction(
    of unet: UNet2DConditionModel, at noisy: Tensor, timesteps: [Int], states: Tensor,
    guidance: Guidance = Guidance(scale: 1)
  ) throws -> Tensor {
    let device = unet.placement.device
    let times = try Tensor(timesteps.map(Float.init), shape: [timesteps.count]).to(device: device)
    let context = try unet.context(states)
    guard guidance.isActive else {
      return try unet(noisy, timesteps: times, context: context).to(.float32)
    }
    let both = try unet(
      .concatenated([noisy, noisy]), timesteps: .concatenated([times, times]), context: context)
    let halves = try both.chunks(2, along: 0)
    return try guidance(unconditional: halves[0], conditional: halves[1])
  }

  /// - Parameters:
  ///   - unet: the network.
  ///   - latents: x₀, as the UNet sees them, `[B, 4, H, W]`.
  ///   - noise: ε, `[B, 4, H, W]`.
  ///   - timesteps: 0..<N, `B` of them.
  ///   - states: text states, `[B, M, D]`; with guidance `[2B, M, D]`, those of what should not be
  ///     seen first.
  ///   - guidance: what the network is guided with where it will be used: its guided prediction is
  ///     then what is held against the noise.
  /// - Returns: the mean over all elements, `F32`, of rank 0.
  public func callAsFunction(
    _ unet: UNet2DConditionModel, latents: Tensor, noise: Tensor, timesteps: [Int],
    states: Tensor, guidance: Guidance = Guidance(scale: 1)
  ) throws -> Tensor {
    let device = unet.placement.device
    let (latents, noise) = try (
      latents.to(.float32, device: device), noise.to(.float32, device: device)
    )
    let noisy = try noisy(latents, noise: noise, timesteps: timesteps)
    let predicted = try prediction(
      of: unet, at: noisy, timesteps: timesteps, states: states, guidance: guidance)
    let error = try predicted - target(latents, noise: noise, timesteps: timesteps)
    return try (error * error).mean()
  }

  /// `√ᾱ` and `√(1−ᾱ)`, `F32 [B, 1, 1, 1]` each, rounded where diffusers' add_noise rounds.
  private func scales(at timesteps: [Int], device: Device) throws -> (Tensor, Tensor) {
    let signal = timesteps.map { Float(schedule.signal[$0]) }
    let shape = [timesteps.count, 1, 1, 1]
    return try (
      Tensor(signal.map { $0.squareRoot() }, shape: shape).to(device: device),
      Tensor(signal.map { (1 - $0).squareRoot() }, shape: shape).to(device: device)
    )
  }
}
