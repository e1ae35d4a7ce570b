import Diffusion
import LoRA
import NN
import Policies
import TestSupport
import Testing
import Torch

/// The trainer on the command's tiny model, text encoder and all.
@Suite("The denoising trainer")
struct DenoisingTrainerTests {
  private let model: StableDiffusion

  init() throws {
    model = try TinyModel.load()
  }

  private func trainer(
    dropout: Double = 0, checkpointing: Bool = false, model: StableDiffusion? = nil
  ) throws -> DenoisingTrainer {
    let model = model ?? self.model
    let plan = AdapterPlan(layers: [.all, .textEncoder], rank: 2, dropout: dropout)
    let adapter = try TrainableAdapter(plan, on: AdapterTargets(model), seed: 3)
    return try DenoisingTrainer(
      model, adapter: adapter, optimizer: AdamW(adapter.parameters),
      learningRates: .init(1e-3, LearningRateSchedule(total: 10)), maximalGradientNorm: 1,
      usesCheckpointing: checkpointing)
  }

  private func batch(_ step: Int, broken: Bool = false) throws -> DenoisingTrainer.Batch {
    let draws = TrainingDraws(seed: 9)
    let latents = try Tensor.stacked(
      (0..<2).map { try draws.latents(of: $0, shape: [4, 8, 8]) })
    return DenoisingTrainer.Batch(
      latents: broken ? try latents * Double.infinity : latents, prompts: ["a fox", "snow"],
      noise: try .stacked(
        (0..<2).map { try draws.noise(step: step, index: $0, shape: [4, 8, 8]) }),
      timesteps: try (0..<2).map { try draws.timestep(step: step, index: $0, count: 1000) })
  }

  private func factors(_ trainer: DenoisingTrainer) throws -> Tensor {
    try .concatenated(trainer.adapter.parameters.map { try $0.tensor.detached().reshaped([-1]) })
  }

  @Test("text encoder, dropout and checkpointing together learn what they learn without the latter")
  func checkpointing() throws {
    try onOneThread {
      var found: [Tensor] = []
      for checkpointing in [false, true] {
        let trainer = try trainer(dropout: 0.2, checkpointing: checkpointing)
        let start = try factors(trainer).clone()
        for step in 0..<3 {
          let report = try trainer.step([batch(step)])
          #expect(report.step == step && report.loss.isFinite && report.gradientNorm > 0)
        }
        #expect(try !factors(trainer).isEqual(to: start))
        found.append(try factors(trainer).clone())
        trainer.detach()
      }
      #expect(try relativeError(found[1], found[0]) < 2e-3)
    }
  }

  @Test("a state restored goes on bit for bit")
  func state() throws {
    try onOneThread {
      let whole = try trainer(dropout: 0.2)
      var state: [String: Tensor] = [:]
      for step in 0..<4 {
        if step == 2 { state = try whole.state() }
        _ = try whole.step([batch(step)])
      }
      whole.detach()
      let parts = try trainer(dropout: 0.2)
      try parts.restore(state)
      for step in 2..<4 { _ = try parts.step([batch(step)]) }
      #expect(try factors(parts).isEqual(to: factors(whole)))
      state["parameter.x"] = try .ones([1])
      #expect(
        message { try parts.restore(state) }
          == "the optimiser's state is of another training: 1 are not asked for, such as x")
    }
  }

  @Test("a second trainer is refused until the first has left, and nothing of it stays")
  func detaching() throws {
    try onOneThread {
      func predict() throws -> Tensor {
        try withoutGradients {
          try model.unet(
            batch(0).latents, timesteps: Tensor([3, 900] as [Float], shape: [2]),
            context: model.unet.context(
              .ones([2, 77, model.unet.configuration.contextWidth])))
        }
      }
      let plain = try predict()
      let first = try trainer(checkpointing: true)
      _ = try first.step([batch(0)])
      _ = try first.step([batch(1)])
      #expect(try !predict().isEqual(to: plain))
      #expect(message { try trainer() }.hasPrefix("another adapter is being trained in "))
      #expect(model.unet.usesCheckpointing)
      first.detach()
      #expect(!model.unet.usesCheckpointing)
      #expect(try predict().isEqual(to: plain))
      _ = try trainer()
    }
  }

  @Test("a loss that is no number changes nothing, and a state that holds one is not given")
  func divergence() throws {
    try onOneThread {
      let trainer = try trainer()
      let start = try factors(trainer).clone()
      let error = #expect(throws: TrainingDivergence.self) {
        try trainer.step([batch(0, broken: true)])
      }
      #expect(error?.step == 0)
      #expect(trainer.isBetweenSteps)
      #expect(try factors(trainer).isEqual(to: start))
      let parameter = trainer.adapter.parameters[0]
      try withoutGradients { try parameter.tensor.assign(parameter.tensor * Double.infinity) }
      #expect(throws: TrainingDivergence.self) { try trainer.state() }
    }
  }

  @Test("an epoch shows every example once, in an order of its own")
  func order() throws {
    let draws = TrainingDraws(seed: 1)
    let orders = try (0..<6).map { try draws.examples(at: $0 * 5..<$0 * 5 + 5, count: 10) }
    let epochs = stride(from: 0, to: 6, by: 2).map { orders[$0] + orders[$0 + 1] }
    for epoch in epochs { #expect(epoch.sorted() == Array(0..<10)) }
    #expect(Set(epochs).count == 3)
    #expect(try draws.examples(at: 15..<20, count: 10) == orders[3])
  }

  @Test("text states are kept up to a number of bytes, those used last")
  func recent() throws {
    var tensors = RecentTensors(limit: 100)
    var made: [String] = []
    for key in ["a", "b", "a", "c", "a", "b"] {
      _ = try tensors.tensor(key) {
        made.append(key)
        return try .ones([12])
      }
      #expect(tensors.byteCount <= 100)
    }
    #expect(made == ["a", "b", "c", "b"])
  }
}
