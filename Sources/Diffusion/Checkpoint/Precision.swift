public import NN
public import Torch

/// What the user wants the networks to compute in.
public enum Precision: String, Sendable, CaseIterable {
  /// The fastest that keeps quality: bf16 where the hardware has it, else fp32.
  case automatic = "auto"
  case fp32
  case bf16
  case fp16

  /// The types that stand for it on `device`.
  public func placement(on device: Device) -> Placement {
    switch (self, device) {
    case (.fp32, _): Placement(device: device, dtype: .float32)
    case (.bf16, _): Placement(device: device, dtype: .bfloat16)
    case (.fp16, .cpu):
      // A CPU computes fp16 at a tenth of its fp32 speed: weights are rounded, arithmetic is fp32.
      Placement(device: device, dtype: .float32, rounding: .float16)
    case (.fp16, _): Placement(device: device, dtype: .float16)
    case (.automatic, .cpu):
      Placement(device: device, dtype: Machine.hasFastBFloat16 ? .bfloat16 : .float32)
    case (.automatic, .cuda): Placement(device: device, dtype: .bfloat16)
    case (.automatic, .mps): Placement(device: device, dtype: .float16)
    }
  }

  /// What the user should know before waiting for it; nil where the choice is sound.
  public func warning(on device: Device) -> String? {
    guard self == .bf16, device == .cpu, !Machine.hasFastBFloat16 else { return nil }
    return "this processor has no bf16 arithmetic (AVX512-BF16 or AMX), so bf16 is slower here "
      + "than fp32; fp32 or auto is the better choice"
  }
}
