extension RGBImage {
  /// A part of an image, in pixels; its borders may lie between pixels.
  public struct Region: Sendable, Equatable {
    /// The left border, 0 to the image's width.
    public let left: Float
    /// The upper border, 0 to the image's height.
    public let top: Float
    /// The right border, above `left`.
    public let right: Float
    /// The lower border, below `top`.
    public let bottom: Float

    /// A region by its borders, in Pillow's order.
    public init(left: Float, top: Float, right: Float, bottom: Float) {
      (self.left, self.top, self.right, self.bottom) = (left, top, right, bottom)
    }
  }

  /// The image at another size, with the same bytes as Pillow's `resize`.
  ///
  /// When scaling down, the filter is widened by the factor (antialiasing), except for `nearest`.
  /// Like Pillow's it works in fixed point with 22 fractional bits, along x and then along y,
  /// rounding to 8 bits after each; where the height shrinks by more than twice as many pixels as
  /// the width, along y first, as Pillow does from version 13 (older ones differ there by one grey
  /// level here and there). Images that keep their shape and are at most twice as high as wide are
  /// the same in all versions.
  ///
  /// - Parameters:
  ///   - width: the new width, at least 1.
  ///   - height: the new height, at least 1.
  ///   - filter: the filter.
  ///   - region: what to take of this image; all of it when nil.
  /// - Precondition: the size is positive and the region is not empty and lies inside the image.
  public func resized(
    width: Int, height: Int, filter: ResamplingFilter = .bicubic, region: Region? = nil
  ) -> RGBImage {
    precondition(width > 0 && height > 0, "an image has at least one pixel")
    let region =
      region ?? Region(left: 0, top: 0, right: Float(self.width), bottom: Float(self.height))
    precondition(
      region.left >= 0 && region.top >= 0 && region.right <= Float(self.width)
        && region.bottom <= Float(self.height) && region.right > region.left
        && region.bottom > region.top,
      "the region is not empty and lies inside the image")
    if filter == .nearest {
      return nearest(width: width, height: height, region: region)
    }
    let keepsColumns = width == self.width && region.left == 0 && region.right == Float(width)
    let keepsRows = height == self.height && region.top == 0 && region.bottom == Float(height)
    let vertical = ResamplingWindows(
      filter, from: self.height, to: height, start: region.top, end: region.bottom)
    if keepsColumns {
      return keepsRows ? self : vertical.applyToColumns(self, firstRow: 0)
    }
    let horizontal = ResamplingWindows(
      filter, from: self.width, to: width, start: region.left, end: region.right)
    if !keepsRows && height < self.height && self.height - height > 2 * (self.width - width) {
      let result = vertical.applyToColumns(self, firstRow: 0)
      return horizontal.applyToRows(result, 0..<height)
    }
    let result = horizontal.applyToRows(self, vertical.first..<vertical.end)
    return keepsRows ? result : vertical.applyToColumns(result, firstRow: vertical.first)
  }

  private func nearest(width: Int, height: Int, region: Region) -> RGBImage {
    let columns = Self.nearestSources(width, region.left, region.right, of: self.width)
    let rows = Self.nearestSources(height, region.top, region.bottom, of: self.height)
    var result: [UInt8] = []
    result.reserveCapacity(3 * width * height)
    for y in rows {
      for x in columns {
        // Steps are summed up, so that the last one may fall beside the image: that pixel is black.
        if let x, let y {
          let at = 3 * (y * self.width + x)
          result += pixels[at..<at + 3]
        } else {
          result += [0, 0, 0]
        }
      }
    }
    return RGBImage(width: width, height: height, pixels: result)
  }

  private static func nearestSources(
    _ count: Int, _ start: Float, _ end: Float, of size: Int
  ) -> [Int?] {
    let step = Double(end - start) / Double(count)
    var position = Double(start) + step * 0.5
    return (0..<count).map { _ in
      defer { position += step }
      return position >= 0 && position < Double(size) ? Int(position) : nil
    }
  }
}
