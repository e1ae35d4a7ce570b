import Foundation
import Testing

/// Model folders whose parts are missing, unreadable, or do not belong together.
struct BadModelTests {
  let folder: TestFolder

  init() throws {
    folder = try TestFolder()
    try folder.copyModel()
  }

  private func refuses(_ status: Int32, _ message: String, _ arguments: [String] = []) throws {
    let run = try folder.sample(["--prompt", "x"] + arguments, model: "model")
    #expect(run.status == status)
    #expect(run.errors == "raft-diffuse: \(message)\n")
    #expect(run.output == "")
    #expect(!folder.exists("images"))
  }

  @Test("a model that is nowhere is missing, and the cache is said to have been looked at")
  func missing() throws {
    let run = try folder.sample(
      ["--prompt", "x"], model: "some/model", environment: ["HF_HUB_CACHE": "/cache"])
    #expect(run.status == 66)
    #expect(
      run.errors == """
        raft-diffuse: there is no model “some/model”; looked for some/model, \
        /cache/models--some--model. Give a diffusers folder, a .safetensors or .ckpt file, or the id \
        of a model in the local Hugging Face cache (nothing is downloaded), or a model that comes \
        with the program: shapes

        """)
  }

  @Test("a folder that is no model is refused")
  func noModel() throws {
    try FileManager.default.removeItem(at: folder.url("model/model_index.json"))
    try refuses(65, "model is no diffusers model: it has no model_index.json")
  }

  @Test("a missing component's configuration is named", arguments: ["unet", "vae", "text_encoder"])
  func component(_ name: String) throws {
    try FileManager.default.removeItem(at: folder.url("model/\(name)"))
    try refuses(66, "model/\(name)/config.json does not exist; check the path")
  }

  @Test("missing weights are named with what was looked for")
  func weights() throws {
    let file = "model/vae/diffusion_pytorch_model.safetensors"
    try FileManager.default.removeItem(at: folder.url(file))
    try refuses(
      66,
      """
      model/vae has no weights; looked for diffusion_pytorch_model.safetensors, \
      diffusion_pytorch_model.bin
      """)
  }

  @Test("a missing vocabulary is named")
  func vocabulary() throws {
    try FileManager.default.removeItem(at: folder.url("model/tokenizer"))
    try refuses(
      66,
      """
      model/tokenizer does not exist; is the folder complete?
      """)
  }

  @Test("a vocabulary that is larger than the embedding is refused")
  func misfit() throws {
    try folder.edit("model/text_encoder/config.json", ["vocab_size": 100])
    try refuses(
      65,
      """
      the vocabulary has 554 tokens, but the text encoder of model has embeddings for 100; the \
      tokenizer is of another model
      """)
  }

  @Test(
    "a configuration that is no JSON is bad input",
    arguments: ["unet/config.json", "model_index.json", "scheduler/scheduler_config.json"])
  func json(_ name: String) throws {
    try folder.write("{\"a\": ", to: "model/\(name)")
    let run = try folder.sample(["--prompt", "x"], model: "model")
    #expect(run.status == 65)
    #expect(run.errors.hasPrefix("raft-diffuse: model/\(name) "))
    #expect(run.errors.hasSuffix("line 1: expected a value; is the download complete?\n"))
  }

  @Test("a key that must be there is named")
  func key() throws {
    try folder.edit("model/unet/config.json", ["block_out_channels": NSNull()])
    try refuses(
      65,
      """
      model/unet/config.json has no key “block_out_channels”; is it the configuration of another kind \
      of model?
      """)
  }

  @Test("a value that is out of range is named with what is accepted")
  func value() throws {
    try folder.edit("model/scheduler/scheduler_config.json", ["beta_start": 2])
    try refuses(
      65,
      """
      model/scheduler/scheduler_config.json: “beta_start” is 2, which should be a number above 0 and \
      below 1
      """)
  }

  @Test("a folder of another family is refused by name")
  func family() throws {
    let advice = "this program samples SD-1.x models (text to image, 4 latent channels)"
    try folder.edit("model/model_index.json", ["_class_name": "StableDiffusionXLPipeline"])
    try refuses(65, "model is an SDXL model, which is not supported; \(advice)")
    try folder.edit("model/model_index.json", ["_class_name": "StableDiffusionInpaintPipeline"])
    try refuses(65, "model is an inpainting model, which is not supported; \(advice)")
    try folder.edit("model/model_index.json", ["_class_name": "StableDiffusionPipeline"])
    try folder.edit("model/unet/config.json", ["cross_attention_dim": 1024])
    try refuses(
      65, "model is an SD-2 model (text states of width 1024), which is not supported; \(advice)")
    try folder.edit("model/unet/config.json", ["in_channels": 9])
    try refuses(
      65, "model is an inpainting model (9 input channels), which is not supported; \(advice)")
  }

  @Test("components of different models are refused")
  func components() throws {
    try folder.edit("model/text_encoder/config.json", ["hidden_size": 64])
    try refuses(
      65,
      """
      the UNet of model wants text states of width 32, but its text encoder makes them 64 wide; the \
      components are of different models
      """)
  }
}
