/// How a file of an adapter spells the names of its tensors.
package enum AdapterForm: String, Sendable, CaseIterable, Encodable {
  /// `unet.mid_block.….to_q.lora.down.weight`, as diffusers writes today.
  case diffusers

  /// `mid_block.….attn1.processor.to_q_lora.down.weight`, as diffusers wrote in 2023, with `unet.`
  /// in front or without.
  case oldDiffusers = "diffusers-old"

  /// `base_model.model.mid_block.….to_q.lora_A.weight` beside an `adapter_config.json`.
  case peft

  /// `lora_unet_mid_block_…_to_q.lora_down.weight` with `.alpha`.
  case kohya

  /// Blocks numbered as the first release numbered them:
  /// `lora_unet_middle_block_1_….lora_down.weight` or `diffusion_model.middle_block.1.….lora_A.weight`.
  case latentDiffusion = "ldm"

  /// Whether α is a tensor of the file; in the other forms it is elsewhere, or equal to the rank.
  var storesAlpha: Bool {
    switch self {
    case .kohya, .latentDiffusion: true
    case .diffusers, .oldDiffusers, .peft: false
    }
  }

  /// What the form is, for people.
  package var title: String {
    switch self {
    case .diffusers: "diffusers"
    case .oldDiffusers: "diffusers as of 2023"
    case .peft: "PEFT"
    case .kohya: "kohya"
    case .latentDiffusion: "LDM block numbers"
    }
  }
}
