import Diffusion
import Files
import Foundation
import NN
import Testing
import Torch

/// The small model, hardly trained, as `train-weights shapes --quick` leaves it.
@Suite("The model of shapes", .serialized)
struct ShapesModelTests {
  private static let folder = FileManager.default.temporaryDirectory
    .appending(path: "shapes-\(UUID().uuidString)").path

  private static let arguments = [
    "shapes", "--quick", "--threads", "1", "--state", folder + "/state", "--out", folder + "/out",
  ]

  /// Trains once for all tests.
  private static let training = Result { try TrainWeightsProcess.run(arguments) }

  init() throws {
    let run = try Self.training.get()
    try #require(run.status == 0, "\(run.errors)")
  }

  @Test("it loads as any model of Stable Diffusion's layout, without anything odd about it")
  func loads() throws {
    let model = try StableDiffusion(
      .folder(Self.folder + "/out"), placement: Placement())
    #expect(model.warnings.isEmpty)
    var scheduler = SchedulerConfiguration.stableDiffusion
    scheduler.betaEnd = 0.02
    scheduler.predictionType = .velocity
    #expect(model.scheduler == scheduler)
    #expect(model.unet.configuration.sampleSize == 16)
    #expect(model.vae.configuration.sampleSize == 128)
  }

  @Test("1×1 convolutions are stored as diffusers stores them, and all tensors in fp16")
  func shapes() throws {
    for (part, name) in [
      ("unet", "mid_block.attentions.0.proj_in.weight"), ("vae", "quant_conv.weight"),
    ] {
      let file = try CheckpointFile.open(
        "\(Self.folder)/out/\(part)/diffusion_pytorch_model.safetensors")
      #expect(try file.entry(name).shape.suffix(2) == [1, 1])
      #expect(file.entries.values.allSatisfy { $0.dtype == .float16 })
    }
  }

  @Test("the manifest has the digest of every other file, and says what was measured")
  func manifest() throws {
    let out = Self.folder + "/out"
    let manifest = try JSONValue(
      parsing: Data(contentsOf: URL(fileURLWithPath: out + "/manifest.json")))
    guard case .object(let digests)? = manifest["sha256"] else {
      Issue.record("there are no digests")
      return
    }
    for member in digests {
      #expect(try member.value.string == Digest.sha256(ofFile: "\(out)/\(member.key)"))
    }
    let files = try #require(FileManager.default.subpaths(atPath: out))
    let plain = try files.filter { name in
      try name != "manifest.json" && FolderListing.names(in: "\(out)/\(name)").isEmpty
    }
    #expect(digests.map(\.key).sorted() == plain.sorted())
    #expect(manifest["parts"]?["autoencoder"]?["measured"]?["psnr"]?.number != nil)
  }

  @Test("made again, nothing is trained anew and the bytes stay")
  func again() throws {
    let path = Self.folder + "/out/manifest.json"
    let before = try Data(contentsOf: URL(fileURLWithPath: path))
    let run = try TrainWeightsProcess.run(Self.arguments)
    #expect(run.status == 0)
    #expect(!run.errors.contains("step"))
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
  }

  @Test("another seed in the same folder is refused")
  func otherSeed() throws {
    let run = try TrainWeightsProcess.run(Self.arguments + ["--seed", "2"])
    #expect(run.status == 65)
    #expect(
      run.errors.hasSuffix(
        """
        was saved by a course with other settings (seed was "1" and is "2"); give the settings \
        that it began with, or begin in another folder

        """))
  }

  @Test("a model whose parts are missing is not put together")
  func missingPart() throws {
    let folder = Self.folder + "/empty"
    let run = try TrainWeightsProcess.run([
      "shapes", "--quick", "--state", folder, "--out", folder + "/out", "--only", "export",
    ])
    #expect(run.status == 66)
    #expect(
      run.errors == """
        train-weights: there is no \(folder)/vae: make the part first (leave --only out to make all of them)

        """)
    #expect(!FileManager.default.fileExists(atPath: folder + "/out"))
  }

  @Test("a model of which a part's record is gone is not put together, and the old one stays whole")
  func missingRecord() throws {
    let state = Self.folder + "/state"
    let record = state + "/denoiser.json"
    try FileManager.default.moveItem(atPath: record, toPath: record + ".away")
    defer { try? FileManager.default.moveItem(atPath: record + ".away", toPath: record) }
    let run = try TrainWeightsProcess.run(Self.arguments + ["--only", "export"])
    #expect(run.status == 66)
    #expect(
      run.errors == """
        train-weights: there is no \(record), which says how \(state)/unet was made: delete \
        \(state)/unet and make the part again (a course that is finished is not repeated)

        """)
    #expect(FileManager.default.fileExists(atPath: Self.folder + "/out/manifest.json"))
  }

  @Test("latents of another autoencoder are refused, with the folder to delete")
  func otherLatents() throws {
    let state = Self.folder + "/other"
    let files = FileManager.default
    try files.createDirectory(atPath: state, withIntermediateDirectories: true)
    for part in ["vae", "latents-128"] {
      try files.copyItem(atPath: "\(Self.folder)/state/\(part)", toPath: "\(state)/\(part)")
    }
    let arguments = [
      "shapes", "--quick", "--threads", "1", "--state", state, "--out", state + "/out", "--only",
      "latents",
    ]
    #expect(try TrainWeightsProcess.run(arguments).status == 0)
    let weights = state + "/vae/diffusion_pytorch_model.safetensors"
    let digest = try Digest.sha256(ofFile: weights)
    try AppendedFile.append(Data([0]), to: weights)
    let other = try Digest.sha256(ofFile: weights)
    let run = try TrainWeightsProcess.run(arguments)
    #expect(run.status == 65)
    #expect(
      run.errors == """
        train-weights: \(state)/latents-128/0-63.safetensors was made by another autoencoder or from \
        another seed (settings.autoencoder was "\(digest)" and is "\(other)"); delete \
        \(state)/latents-128 to have the latents made anew

        """)
  }
}
