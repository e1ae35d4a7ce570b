import Diffusion
import LoRA
import NN
import TestSupport
import Testing
import Torch

@Suite("The guidance-aware loss")
struct GuidedLossTests {
  @Test(
    "loss and gradients are those of torch and peft, through both branches",
    arguments: [PredictionType.epsilon, .velocity])
  func peft(prediction: PredictionType) throws {
    try onOneThread {
      let expected = TensorFixture("\(TrainingFixture.folder)/guided.safetensors")
      let data = TrainingFixture.expected
      let training = try TrainingCase(
        TrainingFixture.adapter("attention.start.unet."), prediction: prediction)
      let loss = try training.loss(
        training.unet, latents: data.tensor("latents"), noise: data.tensor("noise")[0],
        timesteps: data.tensor("timesteps")[0].integers(),
        states: .concatenated([expected.tensor("negative"), data.tensor("states")]),
        guidance: Guidance(scale: 7.5))
      let name = prediction.rawValue
      #expect(try abs(loss.item() / expected.tensor("\(name).loss").item() - 1) < 1e-5)
      let parameters = training.adapter.parameters
      let found = try gradients(of: loss, withRespectTo: parameters.map(\.tensor))
      let all = try found.map { try $0.reshaped([-1]) }
      let wanted = try parameters.map {
        try expected.tensor("\(name).gradient.\($0.name)").reshaped([-1])
      }
      #expect(try relativeError(.concatenated(all), .concatenated(wanted)) < 1e-5)
    }
  }
}
