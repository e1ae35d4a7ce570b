extension LatentDiffusionNames {
  /// What single-file checkpoints call a layer of the UNet, such as `middle_block.1.proj_in` for
  /// `mid_block.attentions.0.proj_in`; two names where it depends on the level's attention, none
  /// where they have no such layer.
  package func latentDiffusion(unet name: String) -> [String] {
    let whole = [
      "time_embedding.linear_1": "time_embed.0", "time_embedding.linear_2": "time_embed.2",
      "conv_in": "input_blocks.0.0", "conv_out": "out.2",
    ]
    if let other = whole[name] { return [other] }
    let parts = name.split(separator: ".").map(String.init)
    guard parts.count >= 4 else { return [] }
    if parts[0] == "mid_block" {
      return Int(parts[2]).map { Self.middle(parts[1], $0, parts[3...]) } ?? []
    }
    guard let block = Int(parts[1]), let layer = Int(parts[3]), parts.count >= 5 else { return [] }
    switch (parts[0], parts[2]) {
    case ("down_blocks", "downsamplers"):
      return ["input_blocks.\((block + 1) * (unetLayers + 1)).0.op"]
    case ("up_blocks", "upsamplers"):
      let index = block * (unetLayers + 1) + unetLayers
      return ["output_blocks.\(index).1.conv", "output_blocks.\(index).2.conv"]
    case ("down_blocks", _) where layer < unetLayers:
      let index = 1 + block * (unetLayers + 1) + layer
      return Self.part(of: "input_blocks.\(index)", parts[2], parts[4...])
    case ("up_blocks", _) where layer <= unetLayers:
      let index = block * (unetLayers + 1) + layer
      return Self.part(of: "output_blocks.\(index)", parts[2], parts[4...])
    default: return []
    }
  }

  private static func middle(_ kind: String, _ index: Int, _ rest: ArraySlice<String>) -> [String] {
    switch kind {
    case "attentions" where index == 0: ["middle_block.1.\(rest.joined(separator: "."))"]
    case "resnets" where index < 2: residual(rest).map { ["middle_block.\(2 * index).\($0)"] } ?? []
    default: []
    }
  }

  private static func part(of block: String, _ kind: String, _ rest: ArraySlice<String>)
    -> [String]
  {
    switch kind {
    case "attentions": ["\(block).1.\(rest.joined(separator: "."))"]
    case "resnets": residual(rest).map { ["\(block).0.\($0)"] } ?? []
    default: []
    }
  }

  private static func residual(_ rest: ArraySlice<String>) -> String? {
    [
      "conv1": "in_layers.2", "conv2": "out_layers.3", "time_emb_proj": "emb_layers.1",
      "conv_shortcut": "skip_connection",
    ][rest.joined(separator: ".")]
  }
}
