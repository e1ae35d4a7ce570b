/// The one table between the names in single-file checkpoints (CompVis's latent-diffusion) and
/// diffusers' names.
///
/// Blocks are numbered through in one and by level in the other, so the table depends on how many
/// residual blocks a level has.
package struct LatentDiffusionNames: Sendable, Equatable {
  /// Residual blocks a level on the UNet's way down.
  let unetLayers: Int

  /// Levels of the VAE.
  let vaeLevels: Int

  package init(unetLayers: Int, vaeLevels: Int) {
    self.unetLayers = unetLayers
    self.vaeLevels = vaeLevels
  }

  /// A name of the UNet, without `model.diffusion_model.`; nil for what the UNet does not have.
  package func unet(_ name: String) -> String? {
    var parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard parts.count >= 3, let leaf = parts.popLast() else { return nil }
    let head = parts.joined(separator: ".")
    if let whole = Self.unetWhole[head] { return "\(whole).\(leaf)" }
    guard let index = Int(parts[1]) else { return nil }
    switch parts[0] {
    case "input_blocks":
      guard index >= 1, parts.count >= 3 else { return nil }
      let (block, layer) = (index - 1).quotientAndRemainder(dividingBy: unetLayers + 1)
      let rest = Array(parts[3...])
      if rest == ["op"] { return "down_blocks.\(block).downsamplers.0.conv.\(leaf)" }
      return layerName("down_blocks.\(block)", layer, parts[2], rest, leaf)
    case "middle_block":
      let rest = Array(parts[2...])
      return index == 1
        ? Self.join(["mid_block.attentions.0"] + rest, leaf)
        : Self.resnet(rest).map { "mid_block.resnets.\(index / 2).\($0).\(leaf)" }
    case "output_blocks":
      guard parts.count >= 3 else { return nil }
      let (block, layer) = index.quotientAndRemainder(dividingBy: unetLayers + 1)
      let rest = Array(parts[3...])
      if rest == ["conv"] { return "up_blocks.\(block).upsamplers.0.conv.\(leaf)" }
      return layerName("up_blocks.\(block)", layer, parts[2], rest, leaf)
    default:
      return nil
    }
  }

  /// A name of the VAE, without `first_stage_model.`; nil for what the VAE does not have.
  package func vae(_ name: String) -> String? {
    var parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard parts.count >= 2, let leaf = parts.popLast() else { return nil }
    if parts == ["quant_conv"] || parts == ["post_quant_conv"] { return name }
    guard parts.count >= 2, parts[0] == "encoder" || parts[0] == "decoder" else { return nil }
    let side = parts[0]
    switch parts[1] {
    case "conv_in", "conv_out": return name
    case "norm_out": return "\(side).conv_norm_out.\(leaf)"
    case "mid": return vaeMiddle(side, Array(parts[2...]), leaf)
    case "down", "up":
      guard parts.count >= 5, let level = Int(parts[2]) else { return nil }
      let block = parts[1] == "up" ? vaeLevels - 1 - level : level
      let path = "\(side).\(parts[1])_blocks.\(block)"
      switch parts[3] {
      case "downsample": return "\(path).downsamplers.0.conv.\(leaf)"
      case "upsample": return "\(path).upsamplers.0.conv.\(leaf)"
      case "block" where parts.count == 6:
        let tail = parts[5] == "nin_shortcut" ? "conv_shortcut" : parts[5]
        return "\(path).resnets.\(parts[4]).\(tail).\(leaf)"
      default: return nil
      }
    default:
      return nil
    }
  }

  /// A name of the text tower, without `cond_stage_model.transformer.`.
  package func text(_ name: String) -> String {
    name.hasPrefix("text_model.") ? String(name.dropFirst(11)) : name
  }

  private func layerName(
    _ block: String, _ layer: Int, _ part: String, _ rest: [String], _ leaf: String
  ) -> String? {
    part == "0"
      ? Self.resnet(rest).map { "\(block).resnets.\(layer).\($0).\(leaf)" }
      : Self.join(["\(block).attentions.\(layer)"] + rest, leaf)
  }

  private func vaeMiddle(_ side: String, _ rest: [String], _ leaf: String) -> String? {
    guard rest.count == 2 else { return nil }
    switch rest[0] {
    case "block_1", "block_2":
      let tail = rest[1] == "nin_shortcut" ? "conv_shortcut" : rest[1]
      return "\(side).mid_block.resnets.\(rest[0] == "block_1" ? 0 : 1).\(tail).\(leaf)"
    case "attn_1":
      return Self.attention[rest[1]].map { "\(side).mid_block.attentions.0.\($0).\(leaf)" }
    default: return nil
    }
  }

  private static func join(_ parts: [String], _ leaf: String) -> String {
    (parts + [leaf]).joined(separator: ".")
  }

  private static func resnet(_ rest: [String]) -> String? {
    resnetParts[rest.joined(separator: ".")]
  }

  private static let unetWhole = [
    "time_embed.0": "time_embedding.linear_1", "time_embed.2": "time_embedding.linear_2",
    "input_blocks.0.0": "conv_in", "out.0": "conv_norm_out", "out.2": "conv_out",
  ]

  private static let resnetParts = [
    "in_layers.0": "norm1", "in_layers.2": "conv1", "emb_layers.1": "time_emb_proj",
    "out_layers.0": "norm2", "out_layers.3": "conv2", "skip_connection": "conv_shortcut",
  ]

  private static let attention = [
    "norm": "group_norm", "q": "to_q", "k": "to_k", "v": "to_v", "proj_out": "to_out.0",
  ]
}
