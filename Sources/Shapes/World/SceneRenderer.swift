package import Imaging

/// Draws scenes, anti-aliased, at one size.
///
/// A picture follows from its scene alone, and shows the same at every size: a pixel's share of a
/// figure is found from its distance to the border.
package struct SceneRenderer: Sendable {
  /// The pictures' width and height in pixels.
  package let size: Int

  private let outlines: [Shape: Outline]

  /// A renderer of pictures of `size` × `size` pixels.
  package init(size: Int) {
    precondition(size > 0, "a picture has at least one pixel")
    self.size = size
    outlines = Dictionary(uniqueKeysWithValues: Shape.allCases.map { ($0, Outline(of: $0)) })
  }

  /// The picture of `scene`, sRGB.
  package func image(of scene: Scene) -> RGBImage {
    let ground = scene.background.rgb * 255
    var row = [Float](repeating: 0, count: size)
    let pixels = [UInt8](unsafeUninitializedCapacity: 3 * size * size) { pixels, count in
      let color = SIMD3<UInt8>(ground, rounding: .toNearestOrAwayFromZero)
      for pixel in 0..<size * size {
        pixels[3 * pixel] = color.x
        pixels[3 * pixel + 1] = color.y
        pixels[3 * pixel + 2] = color.z
      }
      count = 3 * size * size
      row.withUnsafeMutableBufferPointer { row in
        for figure in scene.figures { draw(figure, scene.style, row, pixels) }
      }
    }
    return RGBImage(width: size, height: size, pixels: pixels)
  }

  private func draw(
    _ figure: Figure, _ style: Style, _ row: UnsafeMutableBufferPointer<Float>,
    _ pixels: UnsafeMutableBufferPointer<UInt8>
  ) {
    guard let outline = outlines[figure.shape] else { return }
    let columns = pixelRange(around: figure.x, figure.radius)
    let rows = pixelRange(around: figure.y, figure.radius)
    let paint = Paint(figure.color, style)
    let radius = Float(figure.radius) * Float(size)
    let step = 1 / radius
    let left = (Float(columns.lowerBound) + 0.5 - Float(figure.x) * Float(size)) * step
    let distances = UnsafeMutableBufferPointer(rebasing: row[0..<columns.count])
    for line in rows {
      let y = (Float(line) + 0.5 - Float(figure.y) * Float(size)) * step
      outline.distances(y: y, fromX: left, step: step, into: distances)
      for column in columns {
        let point = column - columns.lowerBound
        let share = paint.coverage(distance: distances[point], radius: radius)
        guard share > 0 else { continue }
        let color = paint.rgb(x: left + Float(point) * step, y: y, radius: radius) * 255
        let at = 3 * (line * size + column)
        pixels[at] = mixed(pixels[at], color.x, share)
        pixels[at + 1] = mixed(pixels[at + 1], color.y, share)
        pixels[at + 2] = mixed(pixels[at + 2], color.z, share)
      }
    }
  }

  /// `share` of `above` over the rest of `below`, 0…255.
  private func mixed(_ below: UInt8, _ above: Float, _ share: Float) -> UInt8 {
    UInt8(Float(below) + (above - Float(below)) * share + 0.5)
  }

  /// The pixels that a figure may touch along one edge of the picture.
  private func pixelRange(around middle: Double, _ radius: Double) -> Range<Int> {
    let low = Int(((middle - radius) * Double(size)).rounded(.down)) - 1
    let high = Int(((middle + radius) * Double(size)).rounded(.up)) + 1
    return max(low, 0)..<max(min(high, size), max(low, 0))
  }
}
