internal import Foundation
internal import NN
internal import Torch

/// A timestep as a vector: sines and cosines of it at many frequencies, then two linear layers.
///
/// All of it is fp32: a rounded timestep is another timestep.
final class TimestepEmbedding {
  private let linear1: Linear
  private let linear2: Linear
  private let frequencies: [Float]
  private let flipsSinToCos: Bool
  private let activation: Activation

  init(_ weights: Weights, _ configuration: UNetConfiguration) throws {
    let width = configuration.levels[0].channels
    let weights = weights.inFullPrecision
    linear1 = try Linear(weights["linear_1"], from: width, to: configuration.timeWidth)
    linear2 = try Linear(
      weights["linear_2"], from: configuration.timeWidth, to: configuration.timeWidth)
    flipsSinToCos = configuration.flipsSinToCos
    activation = configuration.activation
    let half = width / 2
    let slope = -log(10_000) / (Double(half) - configuration.frequencyShift)
    frequencies = (0..<half).map { exp(Float(slope) * Float($0)) }
  }

  /// - Parameter timesteps: 0…999, `F32 [B]`.
  /// - Returns: `F32 [B, 4·C]`, C being the finest level's channels.
  func callAsFunction(_ timesteps: Tensor) throws -> Tensor {
    let scale = try Tensor(frequencies, shape: [1, frequencies.count]).to(device: timesteps.device)
    let angles = try timesteps.unsqueezed(1) * scale
    let (sines, cosines) = try (angles.sin(), angles.cos())
    let waves = try Tensor.concatenated(
      flipsSinToCos ? [cosines, sines] : [sines, cosines], along: 1)
    return try linear2(activation(linear1(waves)))
  }
}
