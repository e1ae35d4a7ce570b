public import LoRA

/// Which adapter a model samples with.
public enum SampledAdapter {
  /// The policy's own, as it is now.
  case current
  /// None.
  case base
  /// Another one, `scale` times as strong as it was trained.
  case given(AdapterWeights, scale: Double)
}
