internal import Diffusion
internal import LoRA
internal import NN
public import RAFT
internal import Torch

/// How far the model has moved from its base.
extension DiffusionPolicy {
  /// How far it has moved at each candidate, ``DivergenceEstimate``: signed, exactly 0 for an adapter
  /// that changes nothing. Networks that predict velocities or samples are compared by the noise
  /// that their predictions stand for.
  ///
  /// - Throws: ``PolicyError`` for a candidate without a sample, or one of another size.
  public func divergences(of candidates: [Candidate<String, DiffusionSample>]) throws -> [Double] {
    guard let first = candidates.first else { return [] }
    let loss = DenoisingLoss(model.scheduler)
    let estimate = try DivergenceEstimate(
      shape: latents(of: first).shape, timestepCount: loss.timestepCount,
      seed: seeds.seed("divergence"))
    let points = try candidates.flatMap { candidate in
      let latents = try self.latents(of: candidate)
      return estimate.pairs.map {
        ComparedPoint(
          latents: latents, noise: $0.noise, timestep: $0.timestep,
          prompt: candidate.request.prompt)
      }
    }
    let terms = try compare(points, loss) { point, base, adapted in
      let target = try loss.target(
        point.latents.unsqueezed(0), noise: point.noise.unsqueezed(0), timesteps: [point.timestep])
      return try DivergenceEstimate.term(target: target[0], base: base, adapted: adapted)
    }
    let count = estimate.pairs.count
    return candidates.indices.map { index in
      terms[index * count..<(index + 1) * count].reduce(0, +) / Double(count)
    }
  }

  /// The mean of `‖ε_θ − ε_base‖²/dim` over `probes`, each at a timestep and a noise of its own,
  /// which depend on the run's seed and the probe's place alone; 0 for no probes.
  public func drift(at probes: [DriftProbe]) throws -> Double {
    guard !probes.isEmpty else { return 0 }
    let loss = DenoisingLoss(model.scheduler)
    let seed = seeds.seed("drift")
    let timesteps = try StratifiedTimesteps.draw(
      probes.count, of: loss.timestepCount, seed: seed)
    let points = try probes.enumerated().map { index, probe in
      ComparedPoint(
        latents: try probe.latents.to(.float32, device: .cpu),
        noise: try Initialisation.generator("noise.\(index)", seed: seed)
          .normal(probe.latents.shape),
        timestep: timesteps[index], prompt: probe.prompt)
    }
    let squares = try compare(points, loss) { _, base, adapted in
      let difference = try adapted.to(.float64) - base.to(.float64)
      return try (difference * difference).mean().item()
    }
    return squares.reduce(0, +) / Double(squares.count)
  }

  /// Latents at which base and model are compared.
  private struct ComparedPoint {
    /// `F32 [4, H, W]`.
    let latents: Tensor
    /// Unit noise, `F32 [4, H, W]`.
    let noise: Tensor
    let timestep: Int
    let prompt: String
  }

  /// What `measure` makes of the two networks' outputs at each point, `F32 [4, H, W]`, as a square of
  /// noise.
  ///
  /// Both networks see the same batches, so that equal networks say the same, bit for bit.
  private func compare(
    _ points: [ComparedPoint], _ loss: DenoisingLoss,
    _ measure: (_ point: ComparedPoint, _ base: Tensor, _ adapted: Tensor) throws -> Double
  ) throws -> [Double] {
    // Equal networks need not be run to be found equal, nor on a device that rounds as it likes.
    guard try AdapterNorms(adapter).total.changeNorm > 0 else { return points.map { _ in 0 } }
    return try withoutGradients {
      let base = try outputs(at: points, loss, .base)
      let adapted = try outputs(at: points, loss, .current)
      return try points.indices.map { index in
        let factor = loss.noisePerOutput(at: points[index].timestep)
        return try factor * factor * measure(points[index], base[index], adapted[index])
      }
    }
  }

  /// Rows that fit into memory in training fit here too.
  private var comparedTogether: Int { settings.tuning.batch }

  /// - Returns: for each point the network's output, `F32 [4, H, W]`, on the CPU.
  private func outputs(
    at points: [ComparedPoint], _ loss: DenoisingLoss, _ adapter: SampledAdapter
  ) throws -> [Tensor] {
    try hang(adapter)
    let states = try TrainingStates(model, options: settings.prompts, areTrained: false)
    let device = model.placement.device
    return try stride(from: 0, to: points.count, by: comparedTogether).flatMap { start in
      let batch = points[start..<min(start + comparedTogether, points.count)]
      let timesteps = batch.map(\.timestep)
      let noisy = try loss.noisy(
        .stacked(batch.map(\.latents)), noise: .stacked(batch.map(\.noise)), timesteps: timesteps)
      let output = try loss.prediction(
        of: model.unet, at: noisy.to(device: device), timesteps: timesteps,
        states: states.states(of: batch.map(\.prompt))
      ).to(device: .cpu)
      return try batch.indices.map { try output[$0 - start] }
    }
  }
}
