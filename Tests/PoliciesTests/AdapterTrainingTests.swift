import Diffusion
import Files
import Foundation
import LoRA
import NN
import TestSupport
import Testing
import Torch

/// A tiny UNet, data, and what peft makes of them (scripts/fixtures_training.py).
enum TrainingFixture {
  static let folder = Bundle.module.bundleURL.appending(path: "Fixtures/unet-peft").path
  static let expected = TensorFixture("\(folder)/expected.safetensors")
  static let weights = TensorFixture("\(folder)/diffusion_pytorch_model.safetensors")

  static func unet(_ placement: Placement = Placement()) throws -> UNet2DConditionModel {
    let weights = Weights(weights.entries, source: "unet-peft", placement: placement)
    let unet = try UNet2DConditionModel(
      weights, UNetConfiguration(ConfigurationFile("\(folder)/config.json")))
    try weights.verify()
    return unet
  }

  /// The factors whose names begin with `prefix`, at α = 6.
  static func adapter(_ prefix: String) throws -> AdapterWeights {
    var layers: [LayerAddress: LowRankFactors] = [:]
    for name in expected.names where name.hasPrefix(prefix) && name.hasSuffix(".lora_A.weight") {
      let up = name.replacingOccurrences(of: ".lora_A.", with: ".lora_B.")
      let layer = String(name.dropFirst(prefix.count).dropLast(".lora_A.weight".count))
      layers[LayerAddress(.unet, layer)] = LowRankFactors(
        down: try expected.tensor(name), up: try expected.tensor(up), alpha: 6)
    }
    return AdapterWeights(layers: layers)
  }
}

/// A network, an adapter in training in it, and the loss of the fixture's data.
struct TrainingCase {
  let unet: UNet2DConditionModel
  let adapter: TrainableAdapter
  let loss: DenoisingLoss

  init(
    _ start: AdapterWeights, prediction: PredictionType = .epsilon, dropout: Double = 0,
    placement: Placement = Placement(), checkpointing: Bool = false
  ) throws {
    unet = try TrainingFixture.unet(placement)
    unet.usesCheckpointing = checkpointing
    adapter = try TrainableAdapter(
      start, on: AdapterTargets([(.unet, unet.slots)]), dropout: dropout, seed: 7)
    try adapter.attach()
    let betas = (0..<1000).map { index -> Float in
      let (low, high) = (0.00085.squareRoot(), 0.012.squareRoot())
      let root = low + (high - low) * Double(index) / 999
      return Float(root * root)
    }
    loss = DenoisingLoss(NoiseSchedule(betas: betas), prediction: prediction)
  }

  func loss(_ step: Int) throws -> Tensor {
    let data = TrainingFixture.expected
    return try loss(
      unet, latents: data.tensor("latents"), noise: data.tensor("noise")[step],
      timesteps: data.tensor("timesteps")[step].integers(), states: data.tensor("states"))
  }

  func gradients(_ step: Int) throws -> (loss: Double, gradients: [Tensor]) {
    adapter.step = step
    let loss = try loss(step)
    return (
      try loss.item(),
      try Torch.gradients(of: loss, withRespectTo: adapter.parameters.map(\.tensor))
    )
  }
}

@Suite("Training an adapter")
struct AdapterTrainingTests {
  enum Kind: String, CaseIterable, Sendable {
    case sgd
    case adamw
  }

  static let plans = ["attention", "convolution"]

  private func start(_ plan: String) throws -> AdapterWeights {
    try TrainingFixture.adapter("\(plan).start.unet.")
  }

  @Test("gradients, ten losses and the adapter are peft's", arguments: plans, Kind.allCases)
  func peft(plan: String, kind: Kind) throws {
    try onOneThread {
      let training = try TrainingCase(
        start(plan), prediction: kind == .sgd ? .epsilon : .velocity)
      let parameters = training.adapter.parameters
      let optimizer: any Optimizer = kind == .sgd ? try SGD(parameters) : try AdamW(parameters)
      let data = TrainingFixture.expected
      let losses = try data.floats("\(plan).\(kind.rawValue).losses")
      for step in 0..<10 {
        let found = try training.gradients(step)
        #expect(abs(found.loss / Double(losses[step]) - 1) < 1e-5)
        if step == 0 {
          let expected = try parameters.map {
            try data.tensor("\(plan).\(kind.rawValue).gradient.\($0.name)").reshaped([-1])
          }
          let all = try found.gradients.map { try $0.reshaped([-1]) }
          #expect(
            try relativeError(.concatenated(all), .concatenated(expected)) < 1e-5)
        }
        try optimizer.step(found.gradients, learningRate: kind == .sgd ? 0.05 : 1e-3)
      }
      let ends = try parameters.map {
        try data.tensor("\(plan).\(kind.rawValue).end.\($0.name)").reshaped([-1])
      }
      let found = try parameters.map { try $0.tensor.detached().reshaped([-1]) }
      let error = try relativeError(.concatenated(found), .concatenated(ends))
      #expect(error < (kind == .sgd ? 1e-4 : 2e-3))
    }
  }

  @Test("gradients are slopes in every direction", arguments: plans)
  func finiteDifferences(plan: String) throws {
    try onOneThread {
      let training = try TrainingCase(start(plan))
      let found = try training.gradients(0).gradients
      let generator = try Generator(seed: 5)
      for _ in 0..<3 {
        let parameters = training.adapter.parameters.map(\.tensor)
        let points = try parameters.map { try $0.detached().clone() }
        let directions = try parameters.map { try generator.normal($0.shape) }
        var computed = 0.0
        for (gradient, direction) in zip(found, directions) {
          computed += try (gradient * direction).sum().item()
        }
        let step = 2e-4
        func value(_ factor: Double) throws -> Double {
          try withoutGradients {
            for (i, parameter) in parameters.enumerated() {
              try parameter.assign(points[i] + directions[i] * factor)
            }
            return try training.loss(0).item()
          }
        }
        let measured = try (value(step) - value(-step)) / (2 * step)
        _ = try value(0)
        // A slope that is nothing would prove nothing: fp32 measures it to about 1e-4.
        #expect(abs(computed) > 0.005)
        #expect(abs(measured - computed) < 0.02 * abs(computed) + 5e-4)
      }
    }
  }

  @Test(
    "with checkpointing the loss is the same, and so are the gradients but for the order of sums",
    arguments: plans, [0.0, 0.3])
  func checkpointing(plan: String, dropout: Double) throws {
    try onOneThread {
      for (dtype, limit) in [(DType.float32, 1e-6), (.bfloat16, 0.02)] {
        let placement = Placement(dtype: dtype)
        let plain = try TrainingCase(start(plan), dropout: dropout, placement: placement)
          .gradients(3)
        let again = try TrainingCase(
          start(plan), dropout: dropout, placement: placement, checkpointing: true
        ).gradients(3)
        #expect(plain.loss == again.loss)
        for gradient in again.gradients { #expect(gradient.dtype == .float32) }
        func all(_ list: [Tensor]) throws -> Tensor {
          try .concatenated(list.map { try $0.reshaped([-1]) })
        }
        #expect(try relativeError(all(again.gradients), all(plain.gradients)) < limit)
      }
    }
  }

  @Test("only the adapter changes: every byte of the base is what it was", arguments: Kind.allCases)
  func onlyAdapters(kind: Kind) throws {
    try onOneThread {
      let path = "\(TrainingFixture.folder)/diffusion_pytorch_model.safetensors"
      let bytes = try WholeFile.bytes(of: path, limit: 1 << 24)
      let stored = try TrainingFixture.weights.names.map {
        try TrainingFixture.weights.tensor($0).clone()
      }
      let training = try TrainingCase(start("convolution"))
      let pristine = try training.unet.slots.map { try $0.pristineWeight().clone() }
      let parameters = training.adapter.parameters
      let before = try parameters.map { try $0.tensor.detached().clone() }
      let optimizer: any Optimizer = kind == .sgd ? try SGD(parameters) : try AdamW(parameters)
      for step in 0..<3 {
        try optimizer.step(training.gradients(step).gradients, learningRate: 0.01)
      }
      for (parameter, old) in zip(parameters, before) {
        #expect(try !parameter.tensor.isEqual(to: old))
      }
      for (slot, old) in zip(training.unet.slots, pristine) {
        #expect(try slot.pristineWeight().isEqual(to: old))
      }
      for (name, old) in zip(TrainingFixture.weights.names, stored) {
        #expect(try TrainingFixture.weights.tensor(name).isEqual(to: old))
      }
      #expect(try WholeFile.bytes(of: path, limit: 1 << 24) == bytes)
    }
  }

  @Test(
    "a new adapter is the identity, and so is one that was taken off",
    arguments: [DType.float32, .bfloat16])
  func identity(dtype: DType) throws {
    try onOneThread {
      let unet = try TrainingFixture.unet(Placement(dtype: dtype))
      let data = TrainingFixture.expected
      func predict() throws -> Tensor {
        try withoutGradients {
          try unet(
            data.tensor("latents"), timesteps: Tensor([3, 900] as [Float], shape: [2]),
            context: unet.context(data.tensor("states")))
        }
      }
      let plain = try predict()
      let targets = AdapterTargets([(.unet, unet.slots)])
      let plan = AdapterPlan(layers: [.linear, .convolution], rank: 5)
      try targets.attach([(plan.initialWeights(for: targets, seed: 1), 1)], folding: false)
      #expect(try predict().isEqual(to: plain))
      targets.detach()
      let adapter = try TrainableAdapter(plan, on: targets, seed: 1)
      try adapter.attach()
      #expect(try predict().isEqual(to: plain))
      adapter.detach()
      for parameter in adapter.parameters {
        try withoutGradients { try parameter.tensor.assign(parameter.tensor + 0.1) }
      }
      #expect(try predict().isEqual(to: plain))
      try adapter.attach()
      #expect(try !predict().isEqual(to: plain))
      let trained = try adapter.weights()
      let apart = try predict()
      adapter.detach()
      try targets.attach([(trained, 1)], folding: false)
      #expect(try relativeError(predict(), apart) < 1e-6)
    }
  }

  @Test("dropout leaves out its share, scaled up, by the address of the draw")
  func dropout() throws {
    let weights = Weights(seed: 1)["layer"]
    let layer = try Linear(weights, from: 400, to: 1, bias: false)
    let factors = LowRankFactors(down: try .ones([1, 400]), up: try .ones([1, 1]))
    let targets = AdapterTargets([(.unet, weights.slots)])
    let adapter = try TrainableAdapter(
      AdapterWeights(layers: [LayerAddress(.unet, "layer"): factors]), on: targets, dropout: 0.25,
      seed: 3)
    let x = try Tensor.ones([50, 400])
    let plain = try layer(x)
    try adapter.attach()
    func branch(_ step: Int) throws -> Tensor {
      adapter.step = step
      return try layer(x) - plain
    }
    let (one, again, other) = try (branch(1), branch(1), branch(2))
    #expect(try one.isEqual(to: again))
    #expect(try !one.isEqual(to: other))
    #expect(try abs(one.mean().item() / 400 - 1) < 0.02)
    #expect(try abs(withoutGradients { try branch(1) }.mean().item() / 400 - 1) < 1e-5)
  }
}
