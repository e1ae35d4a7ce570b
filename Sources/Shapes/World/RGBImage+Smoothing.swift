internal import Imaging

extension RGBImage {
  /// One channel with each pixel replaced by the weighted sum of itself and its neighbours, 1 2 1
  /// along both axes, 16 in all: row by row, 0…4080. Outside lies the nearest pixel of the edge.
  func neighbourSums(channel: Int) -> [Float] {
    var rows = [Float](repeating: 0, count: width * height)
    var sums = rows
    pixels.withUnsafeBufferPointer { pixels in
      for y in 0..<height {
        let start = y * width
        for x in 0..<width {
          let left = Float(pixels[3 * (start + max(x - 1, 0)) + channel])
          let here = Float(pixels[3 * (start + x) + channel])
          let right = Float(pixels[3 * (start + min(x + 1, width - 1)) + channel])
          rows[start + x] = left + 2 * here + right
        }
      }
    }
    for y in 0..<height {
      let (above, here, below) = (
        max(y - 1, 0) * width, y * width, min(y + 1, height - 1) * width
      )
      for x in 0..<width {
        sums[here + x] = rows[above + x] + 2 * rows[here + x] + rows[below + x]
      }
    }
    return sums
  }

  /// Each pixel averaged with its neighbours by ¼ ½ ¼ along both axes.
  func smoothed() -> RGBImage {
    let channels = (0..<3).map(neighbourSums)
    let bytes = (0..<width * height).flatMap { index in
      channels.map { UInt8(($0[index] / 16).rounded()) }
    }
    return RGBImage(width: width, height: height, pixels: bytes)
  }
}
