/// For each new pixel along one axis, the old pixels that it is made from and their weights.
struct ResamplingWindows {
  /// Weights have 22 fractional bits: 8 of 32 are for the sample, 2 for the overshoot.
  private static let precision = 32 - 8 - 2

  private let starts: [Int]
  private let counts: [Int]
  /// The weights of window i begin at i · stride.
  private let stride: Int
  private let weights: [Int32]

  /// The first old pixel that is used.
  var first: Int { starts.first ?? 0 }
  /// One behind the last old pixel that is used.
  var end: Int { (starts.last ?? 0) + (counts.last ?? 0) }

  /// - Parameters:
  ///   - filter: the filter, not nearest.
  ///   - oldCount: pixels along the axis before.
  ///   - newCount: pixels along the axis after.
  ///   - start: where the part to take begins, in old pixels.
  ///   - end: where it ends.
  init(_ filter: ResamplingFilter, from oldCount: Int, to newCount: Int, start: Float, end: Float) {
    let scale = Double(end - start) / Double(newCount)
    let filterScale = max(scale, 1)
    let support = filter.support * filterScale
    let inverse = 1 / filterScale
    stride = Int(support.rounded(.up)) * 2 + 1

    var starts: [Int] = []
    var counts: [Int] = []
    var weights = [Int32](repeating: 0, count: newCount * stride)
    for index in 0..<newCount {
      let center = Double(start) + (Double(index) + 0.5) * scale
      let low = max(Int(center - support + 0.5), 0)
      let high = min(Int(center + support + 0.5), oldCount)
      let window = (0..<max(high - low, 0)).map {
        filter.weight((Double($0 + low) - center + 0.5) * inverse)
      }
      let sum = window.reduce(0, +)
      for (offset, weight) in window.enumerated() {
        let normal = (sum != 0 ? weight / sum : weight) * Double(1 << Self.precision)
        weights[index * stride + offset] = Int32(normal < 0 ? normal - 0.5 : normal + 0.5)
      }
      starts.append(low)
      counts.append(window.count)
    }
    (self.starts, self.counts, self.weights) = (starts, counts, weights)
  }

  /// Resizes each of the given rows along x.
  func applyToRows(_ image: RGBImage, _ rows: Range<Int>) -> RGBImage {
    let width = starts.count
    let size = 3 * width * rows.count
    let pixels = [UInt8](unsafeUninitializedCapacity: size) { target, count in
      image.pixels.withUnsafeBufferPointer { source in
        weights.withUnsafeBufferPointer { weights in
          var at = 0
          for row in rows {
            for x in 0..<width {
              var from = 3 * (row * image.width + starts[x])
              var (red, green, blue) = (Self.half, Self.half, Self.half)
              for index in x * stride..<x * stride + counts[x] {
                let weight = weights[index]
                red &+= Int32(source[from]) &* weight
                green &+= Int32(source[from + 1]) &* weight
                blue &+= Int32(source[from + 2]) &* weight
                from += 3
              }
              target[at] = Self.clipped(red)
              target[at + 1] = Self.clipped(green)
              target[at + 2] = Self.clipped(blue)
              at += 3
            }
          }
        }
      }
      count = size
    }
    return RGBImage(width: width, height: rows.count, pixels: pixels)
  }

  /// Resizes along y an image whose row 0 is row `firstRow` of the one that the windows speak of.
  func applyToColumns(_ image: RGBImage, firstRow: Int) -> RGBImage {
    let height = starts.count
    let rowSize = 3 * image.width
    let pixels = [UInt8](unsafeUninitializedCapacity: rowSize * height) { target, count in
      image.pixels.withUnsafeBufferPointer { source in
        weights.withUnsafeBufferPointer { weights in
          for y in 0..<height {
            let start = (starts[y] - firstRow) * rowSize
            for x in 0..<rowSize {
              var sum = Self.half
              var from = start + x
              for index in y * stride..<y * stride + counts[y] {
                sum &+= Int32(source[from]) &* weights[index]
                from += rowSize
              }
              target[y * rowSize + x] = Self.clipped(sum)
            }
          }
        }
      }
      count = rowSize * height
    }
    return RGBImage(width: image.width, height: height, pixels: pixels)
  }

  private static let half = Int32(1) << (precision - 1)

  private static func clipped(_ sum: Int32) -> UInt8 {
    UInt8(truncatingIfNeeded: min(max(sum >> precision, 0), 255))
  }
}
