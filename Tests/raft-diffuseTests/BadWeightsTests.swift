import Foundation
import Testing

/// Files of weights that are damaged, lie, or mean harm.
struct BadWeightsTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let file: Data
    let message: String
    var status: Int32 = 65

    init(_ name: String, _ file: Data, _ message: String, status: Int32 = 65) {
      (testDescription, self.file, self.message, self.status) = (name, file, message, status)
    }
  }

  static let unet =
    (try? Data(contentsOf: URL(fileURLWithPath: TestFolder.model + "/" + path))) ?? Data()
  static let path = "unet/diffusion_pytorch_model.safetensors"

  static func entry(_ dtype: String, _ shape: String, _ offsets: String) -> String {
    "{\"dtype\":\"\(dtype)\",\"shape\":\(shape),\"data_offsets\":\(offsets)}"
  }

  static let component: [Case] = [
    Case(
      "truncated", unet.dropLast(100),
      "is truncated: 100 of \(unet.count) bytes are missing; download it again"),
    Case(
      "padded", unet + Data(count: 7),
      """
      has 7 bytes after its last tensor, where a safetensors file must end; it is damaged: download it \
      again
      """),
    Case(
      "header larger than the file", Safetensors.file("{}", bytes: 10, length: 5000),
      """
      declares a header of 5000 bytes, but only 12 bytes follow; the file is damaged or its download \
      was cut off: download it again
      """),
    Case(
      "overlapping offsets",
      Safetensors.file(
        "{\"a\":\(entry("F32", "[1]", "[0,4]")),\"b\":\(entry("F32", "[1]", "[2,6]"))}", bytes: 6),
      "stores the tensors a and b in the same bytes; the file is damaged"),
    Case(
      "a shape that lies",
      Safetensors.file("{\"a\":\(entry("F32", "[3]", "[0,4]"))}", bytes: 4),
      """
      says that the tensor a is F32 [3], which takes 12 bytes, but stores 4 bytes for it; the file \
      is damaged
      """),
    Case(
      "a type that lies",
      Safetensors.file("{\"a\":\(entry("F64", "[1]", "[0,4]"))}", bytes: 4),
      """
      says that the tensor a is F64 [1], which takes 8 bytes, but stores 4 bytes for it; the file \
      is damaged
      """),
    Case(
      "an unknown type", Safetensors.file("{\"a\":\(entry("Q4_K", "[1]", "[0,4]"))}", bytes: 4),
      """
      stores the tensor a as Q4_K, which is not supported; convert it to F32, F16 or BF16 first
      """),
    Case(
      "a duplicate tensor",
      Safetensors.file(
        "{\"a\":\(entry("F32", "[1]", "[0,4]")),\"a\":\(entry("F32", "[1]", "[4,8]"))}", bytes: 8),
      "names a twice in its header, so it is not clear which one counts; export it again"),
    Case(
      "a header that is no JSON", Safetensors.file("{\"a\":", bytes: 4),
      "has a header that cannot be read: "),
    Case("empty", Data(), "is empty; download it again"),
    Case(
      "a Git LFS pointer",
      Data("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n".utf8),
      "is a Git LFS pointer, not the weights: run git lfs pull in its folder"),
    Case(
      "a web page", Data("<!DOCTYPE html><html>Sign in</html>".utf8),
      "is a web page, not the weights; the download went to the wrong address or needs a login"),
  ]

  @Test("a damaged component is refused with what is wrong", arguments: component)
  func damaged(_ test: Case) throws {
    let folder = try TestFolder()
    try folder.copyModel()
    try folder.write(test.file, to: "model/" + Self.path)
    let before = folder.files
    let run = try folder.sample(["--prompt", "x"], model: "model")
    #expect(run.status == test.status)
    let message = "raft-diffuse: model/\(Self.path) \(test.message)"
    #expect(
      test.message.hasSuffix(" ") ? run.errors.hasPrefix(message) : run.errors == message + "\n")
    #expect(run.output == "")
    #expect(folder.files == before)
    #expect(!folder.exists("images"))
  }

  @Test("a missing and a surplus tensor are named")
  func names() throws {
    let folder = try TestFolder()
    try folder.copyModel()
    var file = Self.unet
    let range = try #require(file.range(of: Data("\"conv_in.weight\"".utf8)))
    file.replaceSubrange(range, with: Data("\"conv_xx.weight\"".utf8))
    try folder.write(file, to: "model/" + Self.path)
    let run = try folder.sample(["--prompt", "x"], model: "model")
    #expect(run.status == 65)
    #expect(
      run.errors == """
        raft-diffuse: model/\(Self.path) does not fit its configuration; is config.json of another \
        model, or the download incomplete?
          1 missing:
            conv_in.weight [16, 4, 3, 3]
          1 not asked for:
            conv_xx.weight

        """)
  }

  @Test("a tensor of another shape than the configuration says is named with both")
  func shapes() throws {
    let folder = try TestFolder()
    try folder.copyModel()
    try folder.edit(
      "model/vae/config.json", ["latent_channels": 4, "block_out_channels": [8, 8, 8, 16]])
    let run = try folder.sample(["--prompt", "x"], model: "model")
    #expect(run.status == 65)
    #expect(run.errors.contains(" of another shape or type:\n    "))
    #expect(run.errors.contains("encoder.down_blocks.3.resnets.0.conv1.bias is [8], not [16]\n"))
  }

  @Test("a NaN among the weights is found, and nothing is written")
  func notANumber() throws {
    let folder = try TestFolder()
    try folder.copyModel()
    let file = try Safetensors.replacing("conv_in.bias", with: [0x00, 0x7E], in: Self.unet)
    try folder.write(file, to: "model/" + Self.path)
    let run = try folder.sample(["--prompt", "x"], model: "model")
    #expect(run.status == 65)
    #expect(
      run.errors == """
        raft-diffuse: conv_in.bias in model/\(Self.path) holds an infinity or a NaN; the file is \
        damaged or its training diverged

        """)
    #expect(!folder.exists("images"))
  }

  static let checkpoints: [Case] = [
    Case(
      "a pickle that calls os.system",
      Data(
        "\u{2}cposix\nsystem\nX\u{C}\u{0}\u{0}\u{0}touch pwned!\u{85}R.".unicodeScalars.reduce(
          into: [0x80]) {
            $0.append(UInt8($1.value))
          }),
      """
      asks to run posix.system when it is loaded, which weights never need; it was not run. Do not \
      trust this file: get the weights as .safetensors from their author
      """),
    Case(
      "a zip bomb", (try? TestFolder.fixture("NNTests", "bomb.pt")) ?? Data(),
      """
      is a zip file whose entry archive/data.pkl is compressed (3892 bytes that unpack to 4000000); \
      torch stores its files uncompressed, so it was not unpacked: save the weights again with \
      torch.save or as safetensors
      """),
    Case(
      "a GGUF file", Data("GGUF\u{3}\u{0}\u{0}\u{0}".utf8),
      "is a GGUF file, which is not supported; give the weights as .safetensors or a torch checkpoint"
    ),
    Case(
      "SDXL", Safetensors.file(names: ["conditioner.embedders.0.x", "model.diffusion_model.x"]),
      "is an SDXL checkpoint, which is not supported; \(advice)"),
    Case(
      "SD-2", Safetensors.file(names: ["cond_stage_model.model.x", "model.diffusion_model.x"]),
      "is an SD-2 checkpoint (OpenCLIP text encoder), which is not supported; \(advice)"),
    Case(
      "a LoRA", Safetensors.file(names: ["lora_unet_down_blocks_0.lora_down.weight"]),
      """
      is a LoRA adapter, which is not supported; give the base model, and the adapter with --lora
      """),
    Case(
      "one component", Safetensors.file(names: ["down_blocks.0.x"]),
      """
      is a file of weights without a UNet (model.diffusion_model.…), which is not supported; it looks \
      like one component of a diffusers model: give the model's folder
      """),
    Case(
      "no VAE", Safetensors.file(names: ["model.diffusion_model.x"]),
      """
      is a checkpoint without a VAE (first_stage_model.…), which is not supported; use one that has \
      its VAE baked in
      """),
    Case(
      "something unknown", Data("what is this?".utf8),
      """
      is no file of weights that is known here (it begins with 77 68 61 74 20 69 73 20); give the \
      weights as .safetensors or a torch checkpoint
      """),
  ]

  static let advice = "this program samples SD-1.x models (text to image, 4 latent channels)"

  @Test(
    "a single file that is no SD-1.x checkpoint is refused with what it is", arguments: checkpoints)
  func other(_ test: Case) throws {
    let folder = try TestFolder()
    try folder.write(test.file, to: "model.ckpt")
    let run = try folder.sample(["--prompt", "x"], model: "model.ckpt")
    #expect(run.status == test.status)
    let message = "raft-diffuse: model.ckpt \(test.message)"
    #expect(
      test.message.hasSuffix(" ") ? run.errors.hasPrefix(message) : run.errors == message + "\n")
    #expect(folder.files == ["model.ckpt"])
  }
}
