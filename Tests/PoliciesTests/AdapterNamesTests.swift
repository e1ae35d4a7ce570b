import Diffusion
import Files
import LoRA
import NN
import Policies
import Testing

@Suite("Names of a model's layers")
struct AdapterNamesTests {
  @Test("every layer of SD-1.5's UNet is found under its name in single files")
  func latentDiffusion() throws {
    let unet = try Self.unet()
    let table = LatentDiffusionNames(unetLayers: 2, vaeLevels: 4)
    #expect(unet.slots.count == 282)
    for slot in unet.slots {
      let names = table.latentDiffusion(unet: slot.name)
      #expect(!names.isEmpty, "\(slot.name)")
      for name in names { #expect(table.unet("\(name).weight") == "\(slot.name).weight") }
    }
  }

  @Test("names of any model hold SD-1.5's layers, with dots, underscores and block numbers")
  func anyModel() throws {
    let table = LatentDiffusionNames(unetLayers: 2, vaeLevels: 4)
    for slot in try Self.unet().slots {
      let layer = LayerAddress(.unet, slot.name)
      #expect(AdapterNames.anyModel.layer(slot.name, in: [.unet]) == layer)
      for name in [slot.name] + table.latentDiffusion(unet: slot.name) {
        let joined = name.replacing(".", with: "_")
        #expect(AdapterNames.anyModel.layer(joined: joined, in: [.unet]) == layer)
      }
    }
  }

  private static func unet() throws -> UNet2DConditionModel {
    func list(_ names: [String]) -> JSONValue { .array(names.map { .string($0) }) }
    let cross = Array(repeating: "CrossAttnDownBlock2D", count: 3)
    let configuration = ConfigurationFile(
      [
        "block_out_channels": .array([320, 640, 1280, 1280].map { .integer($0) }),
        "down_block_types": list(cross + ["DownBlock2D"]),
        "up_block_types": list(
          ["UpBlock2D"] + cross.map { $0.replacing("Down", with: "Up") }),
        "cross_attention_dim": .integer(768),
      ], path: "SD-1.5")
    return try UNet2DConditionModel(Weights(seed: 1), UNetConfiguration(configuration))
  }
}
