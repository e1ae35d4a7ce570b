internal import LoRA

/// An adapter that was read for use.
struct LoadedAdapter {
  let choice: AdapterChoice
  let file: AdapterFile

  /// How an image's record names it.
  var record: AdapterRecord {
    AdapterRecord(
      path: ModelFiles.recorded(choice.path), name: choice.name, scale: choice.scale,
      hash: file.hash)
  }
}
