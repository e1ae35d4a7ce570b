/// What becomes of an image's transparency, since an `RGBImage` has none.
public enum Transparency: String, Sendable, CaseIterable {
  /// The colours under it show, as after Pillow's `convert("RGB")`; many files have black or noise
  /// there.
  case dropped = "drop"

  /// The image lies over white, with the same bytes as transformers' image processors make from
  /// version 5.
  case overWhite = "white"
}
