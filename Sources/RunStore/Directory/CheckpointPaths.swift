/// The files of a checkpoint.
package struct CheckpointPaths: Sendable, Equatable {
  /// The checkpoint's folder.
  package let folder: String

  private let run: String

  /// The checkpoint in `folder`, of the run of that name.
  package init(folder: String, run: String) {
    self.folder = folder
    self.run = run
  }

  /// The adapter, as diffusers loads it.
  package var adapter: String { "\(folder)/pytorch_lora_weights.safetensors" }

  /// The same for A1111, ComfyUI and kohya's scripts, named after the run.
  package var kohya: String { "\(folder)/\(run)-kohya.safetensors" }

  /// Factors and optimiser as training goes on from them.
  package var optimizer: String { "\(folder)/optimizer.safetensors" }

  /// Where in the training it is.
  package var state: String { "\(folder)/state.json" }
}
