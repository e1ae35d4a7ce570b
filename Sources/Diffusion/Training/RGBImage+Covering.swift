public import Imaging

extension RGBImage {
  /// The image scaled until it just covers `width` × `height` pixels, and the middle of that: what
  /// training scripts do with images of other sizes.
  public func covering(width: Int, height: Int) -> RGBImage {
    guard (self.width, self.height) != (width, height) else { return self }
    let scale = max(
      Double(width) / Double(self.width), Double(height) / Double(self.height))
    let scaled = resized(
      width: max(Int((Double(self.width) * scale).rounded()), width),
      height: max(Int((Double(self.height) * scale).rounded()), height), filter: .bicubic)
    return scaled.centerCropped(width: width, height: height)
  }
}
