/// One part of a picture as a shadow: its pixels and what they enclose.
struct Silhouette {
  /// The column and row of the first pixel of ``mask``, which has one empty pixel around the part.
  let (left, top): (Int, Int)

  /// The mask's columns.
  let width: Int

  /// The mask's rows.
  let height: Int

  /// What is part of it, without what it encloses, row by row.
  let isPainted: [Bool]

  /// What is part of it, enclosed pixels included, row by row.
  let mask: [Bool]

  /// How many pixels it has, enclosed ones included.
  let area: Int

  /// The share of ``area`` that it encloses without being part of it, 0…1.
  let holeShare: Double

  /// The mean of its pixels' middles, in columns and rows of the picture.
  let center: SIMD2<Double>

  /// Whether it goes on beyond the picture's edge.
  let touchesBorder: Bool

  /// The contrast at its border, half of its palest paint's.
  let level: Float

  /// How far each pixel is covered, row by row: 1 on the border, which lies between pixels, 2 inside.
  private let coverage: [Float]

  /// The contrast on the edge at which a figure is cut off, in those of its border: one that ends
  /// just before the edge may cover a third of the last pixels.
  private static let cutContrast: Float = 1.6

  /// The shadow of component `label` of `labels`, which have `width` columns in each row.
  ///
  /// - Parameters:
  ///   - contrast: each of the picture's pixels' distance from the background.
  ///   - level: the contrast at the component's border.
  init(
    _ component: ConnectedComponents.Component, label: Int, in labels: [Int32],
    width pictureWidth: Int, contrast: [Float], level: Float
  ) {
    let pictureHeight = labels.count / pictureWidth
    (left, top) = (component.left - 1, component.top - 1)
    width = component.right - component.left + 3
    height = component.bottom - component.top + 3
    var own = [Bool](repeating: false, count: width * height)
    var coverage = [Float](repeating: 0, count: width * height)
    var isCut = false
    for y in max(top, 0)..<min(top + height, pictureHeight) {
      for x in max(left, 0)..<min(left + width, pictureWidth) {
        let (place, index) = (y * pictureWidth + x, (y - top) * width + x - left)
        own[index] = labels[place] == Int32(label)
        let isFree = own[index] || labels[place] < 0
        coverage[index] = isFree ? min(contrast[place] / level, 2) : 0
        let isOnEdge = x == 0 || y == 0 || x == pictureWidth - 1 || y == pictureHeight - 1
        if isOnEdge, own[index], coverage[index] >= Self.cutContrast { isCut = true }
      }
    }
    let mask = Self.filled(own, width: width)
    for index in mask.indices where mask[index] && !own[index] { coverage[index] = 2 }
    var (count, sum) = (0, SIMD2<Double>())
    for index in mask.indices where mask[index] {
      count += 1
      sum += [Double(index % width), Double(index / width)]
    }
    isPainted = own
    self.mask = mask
    area = count
    holeShare = Double(count - component.area) / Double(count)
    center = sum / Double(count) + [Double(left) + 0.5, Double(top) + 0.5]
    touchesBorder = isCut
    self.level = level
    self.coverage = coverage
  }

  /// `mask` with everything that cannot be left by steps along rows and columns; its outermost
  /// pixels are empty.
  private static func filled(_ mask: [Bool], width: Int) -> [Bool] {
    var isOutside = [Bool](repeating: false, count: mask.count)
    isOutside[0] = true
    var waiting = [0]
    while let index = waiting.popLast() {
      let x = index % width
      let steps = [
        (x > 0, index - 1), (x < width - 1, index + 1), (true, index - width),
        (true, index + width),
      ]
      for (isInRow, next) in steps
      where isInRow && mask.indices.contains(next) && !mask[next] && !isOutside[next] {
        isOutside[next] = true
        waiting.append(next)
      }
    }
    return isOutside.map { !$0 }
  }

  /// The pixels of ``mask`` that are still in it when `depth` layers of pixels are taken off.
  func inside(depth: Int) -> [Bool] {
    var mask = mask
    for _ in 0..<depth {
      var rows = mask
      for index in 1..<mask.count - 1 {
        rows[index] = mask[index - 1] && mask[index] && mask[index + 1]
      }
      for index in mask.indices {
        mask[index] =
          index >= width && index + width < mask.count && rows[index - width] && rows[index]
          && rows[index + width]
      }
    }
    return mask
  }

  /// Whether it covers a place in the picture, in columns and rows, to a fraction of a pixel.
  func covers(x: Double, y: Double) -> Bool {
    let (column, row) = (x - 0.5 - Double(left), y - 0.5 - Double(top))
    guard column >= 0, row >= 0, column < Double(width - 1), row < Double(height - 1) else {
      return false
    }
    let index = Int(row) * width + Int(column)
    let across = Float(column - column.rounded(.down))
    let down = Float(row - row.rounded(.down))
    let above = coverage[index] + (coverage[index + 1] - coverage[index]) * across
    let below =
      coverage[index + width] + (coverage[index + width + 1] - coverage[index + width]) * across
    return above + (below - above) * down >= 1
  }

  /// The share of its pixels, 0…1, that lie more than `reach` columns or rows from its centre.
  func share(fartherThan reach: Double) -> Double {
    let far = mask.indices.count { index in
      let x = Double(index % width + left) + 0.5
      let y = Double(index / width + top) + 0.5
      return mask[index] && max(abs(x - center.x), abs(y - center.y)) > reach
    }
    return Double(far) / Double(area)
  }

  /// The index into the picture of the pixel at `index` of ``mask``, in a picture of `pictureWidth`
  /// columns.
  func pictureIndex(_ index: Int, pictureWidth: Int) -> Int {
    (index / width + top) * pictureWidth + index % width + left
  }
}
