import Files
import Foundation
import NN
import TestSupport
import Testing
import Torch

/// Optimisers, clipping and schedules against torch's and diffusers'.
struct OptimizerTests {
  private static let fixture = TensorFixture(
    Bundle.module.bundleURL.appending(path: "Fixtures/optimizers.safetensors").path)

  private func parameters() throws -> [TrainableParameter] {
    try (0..<2).map {
      TrainableParameter(
        name: "p\($0)", tensor: try Self.fixture.tensor("start.\($0)").clone().trainable())
    }
  }

  private func gradients(_ step: Int) throws -> [Tensor] {
    try (0..<2).map { try Self.fixture.tensor("gradient.\(step).\($0)") }
  }

  private func make(_ name: String, _ parameters: [TrainableParameter]) throws -> (
    any Optimizer, Double
  ) {
    switch name {
    case "adamw": return (try AdamW(parameters), 1e-2)
    case "adamw-other":
      var options = AdamW.Options()
      (options.meanDecay, options.squareDecay) = (0.8, 0.95)
      (options.epsilon, options.weightDecay) = (1e-4, 0.3)
      return (try AdamW(parameters, options), 3e-3)
    case "sgd": return (try SGD(parameters), 1e-2)
    default:
      var options = SGD.Options()
      (options.momentum, options.weightDecay) = (0.9, 0.1)
      return (try SGD(parameters, options), 1e-2)
    }
  }

  static let names = ["adamw", "adamw-other", "sgd", "sgd-momentum"]

  @Test("equal gradients give torch's parameters", arguments: names)
  func torchs(_ name: String) throws {
    let parameters = try parameters()
    let (optimizer, rate) = try make(name, parameters)
    for step in 0..<6 {
      try optimizer.step(gradients(step), learningRate: rate)
      for (i, parameter) in parameters.enumerated() {
        let expected = try Self.fixture.tensor("\(name).\(step).\(i)")
        #expect(try relativeError(parameter.tensor, expected) < 1e-6)
      }
    }
    #expect(optimizer.stepCount == 6)
    for parameter in parameters { #expect(parameter.tensor.requiresGradient) }
  }

  @Test("an optimiser goes on from its state with the same bits", arguments: names)
  func resumed(_ name: String) throws {
    let whole = try parameters()
    let (first, rate) = try make(name, whole)
    for step in 0..<3 { try first.step(gradients(step), learningRate: rate) }
    let copies = try whole.map {
      TrainableParameter(name: $0.name, tensor: try $0.tensor.detached().clone().trainable())
    }
    let (second, _) = try make(name, copies)
    try second.restore(first.state())
    for step in 3..<6 {
      try first.step(gradients(step), learningRate: rate)
      try second.step(gradients(step), learningRate: rate)
    }
    #expect(second.stepCount == 6)
    for (one, other) in zip(whole, copies) { #expect(try one.tensor.isEqual(to: other.tensor)) }
  }

  @Test("a state of another training is refused")
  func otherState() throws {
    let optimizer = try AdamW(parameters())
    var state = try optimizer.state()
    state["p0.exp_avg"] = try .zeros([9])
    #expect(
      message { try optimizer.restore(state) }
        == "p0.exp_avg of the optimiser's state has the shape [9], but its parameter needs [3, 4]; it is of another training"
    )
    state["p0.exp_avg"] = nil
    state["other"] = try .zeros([1])
    #expect(
      message { try optimizer.restore(state) }
        == "the optimiser's state is of another training: 1 tensors are missing, such as p0.exp_avg; 1 are not asked for, such as other"
    )
  }

  @Test("gradients are clipped as torch clips them", arguments: ["0.5", "1000"])
  func clipped(_ limit: String) throws {
    let maximum = try #require(Double(limit))
    let clipping = try GradientClipping(gradients(3), of: parameters(), to: maximum)
    #expect(
      try abs(clipping.norm / Self.fixture.tensor("norm.\(limit)").item() - 1) < 1e-6)
    for (i, gradient) in clipping.gradients.enumerated() {
      #expect(try relativeError(gradient, Self.fixture.tensor("clipped.\(limit).\(i)")) < 1e-6)
    }
  }

  @Test("a gradient that is no number is an error that names its parameter")
  func notFinite() throws {
    let broken = try [Tensor.zeros([3, 4]), Tensor.full([5], .nan)]
    #expect(
      message { try GradientClipping(broken, of: parameters(), to: 1) }
        == "the gradient of p1 became NaN or infinite, and nothing was changed by it; "
        + "check the examples, lower the learning rate, or compute in fp32")
  }

  private struct Row: Decodable {
    let shape: String
    let warmup: Int
    let total: Int
    let values: [Double]
  }

  @Test("learning rates change as diffusers' schedules do")
  func schedules() throws {
    let url = Bundle.module.bundleURL.appending(path: "Fixtures/schedules.json")
    for row in try JSONDecoder().decode([Row].self, from: Data(contentsOf: url)) {
      let shape = try #require(LearningRateSchedule.Shape(rawValue: row.shape))
      let schedule = try LearningRateSchedule(shape, warmup: row.warmup, total: row.total)
      for (step, value) in row.values.enumerated() {
        // Beyond its end diffusers' cosine rises again; nobody trains there.
        if step > row.total { continue }
        #expect(abs(schedule.multiplier(at: step) - value) < 1e-12)
      }
    }
  }

  @Test("numbers out of their range are refused")
  func ranges() throws {
    var options = AdamW.Options()
    options.meanDecay = 1
    #expect(
      message { try AdamW([], options) }
        == "AdamW's β are 1.0 and 0.999, but both must lie in 0..<1")
    #expect(
      message { try LearningRateSchedule(warmup: -1, total: 5) }
        == "a schedule of 5 steps with -1 to warm up cannot be; neither may be negative")
  }

  @Test("a loss scale is halved until no gradient overflows, and stays there")
  func lossScale() throws {
    var scale = LossScale()
    var tried: [Double] = []
    func compute(_ scale: Double) throws -> (loss: Double, gradients: [Tensor]) {
      tried.append(scale)
      // fp16 ends at 65504.
      return (2, [try (Tensor.ones([2]) * (100 * scale)).to(.float16).to(.float32)])
    }
    for _ in 0..<2 {
      let found = try scale.unscaled(compute)
      #expect(found.loss == 2)
      #expect(try found.gradients[0].isEqual(to: Tensor.ones([2]) * 100))
    }
    #expect(tried == [4096, 2048, 1024, 512, 512])
    #expect(scale == LossScale(512))
    let never = try scale.unscaled { _ in (loss: 1, gradients: [try .ones([1]) * Double.infinity]) }
    #expect(try !never.gradients[0].isFinite())
    #expect(scale == LossScale(1))
  }
}
