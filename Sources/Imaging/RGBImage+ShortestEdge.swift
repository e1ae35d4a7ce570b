extension RGBImage {
  /// The image scaled so that its shorter edge has `edge` pixels, as transformers'
  /// CLIPImageProcessor (its PIL form) computes the size: the longer edge is cut down to a whole
  /// number.
  ///
  /// - Parameters:
  ///   - edge: the new length of the shorter edge, at least 1.
  ///   - filter: the filter.
  public func resized(shortestEdge edge: Int, filter: ResamplingFilter = .bicubic) -> RGBImage {
    let (width, height) = size(shortestEdge: edge)
    return resized(width: width, height: height, filter: filter)
  }

  /// The size of ``resized(shortestEdge:filter:)``: of a narrow image it is enormous.
  public func size(shortestEdge edge: Int) -> (width: Int, height: Int) {
    let long = edge * max(width, height) / min(width, height)
    return width <= height ? (edge, long) : (long, edge)
  }

  /// The middle of the image, `width` × `height` pixels, rounding towards the upper left as
  /// transformers does; black borders are added where the image is smaller.
  ///
  /// - Parameters:
  ///   - width: columns of the result, at least 1.
  ///   - height: rows of the result, at least 1.
  public func centerCropped(width: Int, height: Int) -> RGBImage {
    if width <= self.width && height <= self.height {
      return cropped(
        x: (self.width - width) / 2, y: (self.height - height) / 2, width: width, height: height)
    }
    // Pad to the larger of both sizes, then cut; rounding up here undoes the rounding down there.
    let (wide, high) = (max(width, self.width), max(height, self.height))
    var canvas = Canvas(width: wide, height: high, filledWith: .black)
    canvas.draw(self, x: (wide - self.width + 1) / 2, y: (high - self.height + 1) / 2)
    return canvas.image.cropped(
      x: (wide - width) / 2, y: (high - height) / 2, width: width, height: height)
  }
}
