import CLIP
import Foundation
import Imaging
import NN
import TestSupport
import Testing
import Torch

/// Whole models against transformers' CLIPModel and CLIPImageProcessor; Fixtures/README.md says how
/// the fixtures were made.
struct CLIPModelTests {
  private static let prompts = [
    "a photo of a red cat", "",
    "two small birds, on a very long branch in the morning sun, watercolour",
  ]

  private static func path(_ name: String) -> String {
    Bundle.module.bundleURL.appending(path: "Fixtures/\(name)").path
  }

  private static func model(_ name: String, _ activation: Activation? = nil) throws -> CLIPModel {
    try CLIPModel(path(name), activation: activation, environment: [:])
  }

  private static func pixels(_ model: CLIPModel) throws -> Tensor {
    try Tensor.stacked(
      (0..<2).map {
        try model.preprocessor.pixels(of: ImageFile.read(path("pictures/\($0).png")))
      })
  }

  private static func check(_ model: CLIPModel, _ folder: String, _ prefix: String = "") throws {
    let expected = TensorFixture(path("\(folder)/expected.safetensors"))
    let pixels = try pixels(model)
    // A grey level is 1/255 before normalisation; the bytes are Pillow's, so nothing is left of it.
    #expect(try relativeError(pixels, expected.tensor("\(prefix)pixels")) < 1e-6)
    let images = try model.imageEmbeddings(pixels)
    #expect(images.dtype == .float32)
    #expect(try relativeError(images, expected.tensor("\(prefix)image")) < 1e-5)
    let texts = try model.textEmbeddings(prompts)
    #expect(try relativeError(texts, expected.tensor("\(prefix)text")) < 1e-5)
  }

  @Test(
    "pixels and embeddings are transformers'", arguments: ["clip-quick-gelu", "clip-gelu"])
  func embeddings(_ folder: String) throws {
    try Self.check(Self.model(folder), folder)
  }

  @Test("a folder of open_clip is the same model under other names")
  func openCLIP() throws {
    let model = try Self.model("open-clip")
    #expect(model.activation == "gelu")
    try Self.check(model, "open-clip", "gelu.")
  }

  @Test("sizes are read off the shapes where nothing says them, with either activation")
  func inferred() throws {
    try withTemporaryFolder { folder in
      let file = "\(folder)/HPS_v2_compressed.pt"
      try FileManager.default.copyItem(
        atPath: Self.path("open-clip/open_clip_pytorch_model.bin"), toPath: file)
      let expected = TensorFixture(Self.path("open-clip/expected.safetensors"))
      for activation in [Activation.gelu, .quickGelu] {
        let model = try CLIPModel(
          file, activation: activation, tokenizer: Self.path("open-clip"), environment: [:])
        #expect(model.configuration.vision.imageSize == 24)
        #expect(model.configuration.vision.patchSize == 6)
        #expect(model.activation == activation.rawValue)
        // The archive says no mean and deviation, so they are OpenAI's, as in the other expectation.
        let pixels = try expected.tensor("\(activation.rawValue).pixels")
        #expect(
          try relativeError(
            model.imageEmbeddings(pixels), expected.tensor("\(activation.rawValue).image")) < 1e-5)
        #expect(
          try relativeError(
            model.textEmbeddings(Self.prompts), expected.tensor("\(activation.rawValue).text"))
            < 1e-5)
      }
      #expect(
        message { try CLIPModel(file, environment: [:]) }
          == "\(file) does not say which activation its towers use, and the wrong one changes every "
          + "score; put its open_clip_config.json beside it, or say it: quick_gelu for OpenAI's "
          + "weights and the -quickgelu models of open_clip, gelu for its others (ViT-H-14, HPSv2)")
    }
  }

  @Test("OpenAI's archive is known by its format to use quick_gelu")
  func openAI() throws {
    try withTemporaryFolder { folder in
      let file = "\(folder)/ViT-tiny.pt"
      try FileManager.default.copyItem(atPath: Self.path("open-clip/openai.pt"), toPath: file)
      let model = try CLIPModel(file, tokenizer: Self.path("open-clip"), environment: [:])
      #expect(model.activation == "quick_gelu")
      #expect(model.preprocessor.isAssumed)
      #expect(
        model.warnings == [
          "\(file) does not say how images are prepared; they are prepared as OpenAI does it: "
            + "shortest edge 24 bicubic, center crop 24, 1/255, "
            + "mean [0.48145466, 0.4578275, 0.40821073] "
            + "deviation [0.26862954, 0.26130258, 0.27577711]"
        ])
      try Self.check(model, "open-clip", "quick_gelu.")
    }
  }

  @Test("facts of a model")
  func facts() throws {
    let model = try Self.model("clip-gelu")
    #expect(model.activation == "vision gelu, text quick_gelu")
    #expect(model.embeddingWidth == 16)
    #expect(model.configuration.vision.normEpsilon == 1e-3)
    #expect(abs((model.logitScale ?? 0) - 14.2428) < 1e-3)
    #expect(model.weightFiles == [Self.path("clip-gelu/pytorch_model.bin")])
    #expect(model.warnings.isEmpty)
    #expect(model.embedsTexts)
    #expect(
      model.preprocessor.summary
        == "20x27 bilinear, center crop 24, times 0.005, mean [0.5, 0.5, 0.5] "
        + "deviation [0.5, 0.25, 0.125]")
  }

  @Test("what does not fit the context is told")
  func truncation() throws {
    let model = try Self.model("clip-gelu")
    #expect(try model.truncation(of: "a cat") == nil)
    #expect(try model.truncation(of: String(repeating: "a", count: 25))?.contains("a") == true)
  }

  @Test("an embedding does not depend on its batch")
  func batch() throws {
    let model = try Self.model("clip-quick-gelu")
    let pixels = try Self.pixels(model)
    let (together, alone) = try (
      model.imageEmbeddings(pixels), model.imageEmbeddings(pixels.narrowed(0, 1..<2))
    )
    #expect(try relativeError(alone, together.narrowed(0, 1..<2)) < 1e-6)
    // More prompts than go through the tower together.
    let many = try model.textEmbeddings(Array(repeating: Self.prompts, count: 15).flatMap(\.self))
    let few = try model.textEmbeddings(Self.prompts)
    #expect(try relativeError(many.narrowed(0, 42..<45), few) < 1e-6)
  }

  @Test("bf16 embeddings are near the fp32 ones, and come in fp32")
  func bfloat16() throws {
    let model = try CLIPModel(
      Self.path("clip-quick-gelu"), placement: Placement(dtype: .bfloat16), environment: [:])
    let expected = TensorFixture(Self.path("clip-quick-gelu/expected.safetensors"))
    let found = try model.imageEmbeddings(expected.tensor("pixels"))
    #expect(found.dtype == .float32)
    #expect(try relativeError(found, expected.tensor("image")) < 0.05)
  }

  @Test("an activation that contradicts the configuration is taken, with a warning")
  func contradiction() throws {
    let model = try Self.model("clip-quick-gelu", .gelu)
    #expect(model.activation == "gelu")
    #expect(
      model.warnings == [
        "the configuration of \(Self.path("clip-quick-gelu/model.safetensors")) says quick_gelu, "
          + "and gelu was asked for: scores are not those of the published model"
      ])
  }

  @Test("pixels of another size are refused")
  func pixelShape() throws {
    let model = try Self.model("clip-gelu")
    #expect(
      message { try model.imageEmbeddings(.zeros([1, 3, 30, 30])) }
        == "the vision tower takes images of shape [B, 3, 24, 24], and was given [1, 3, 30, 30]")
  }
}
