/// One part of a picture as a shadow: its pixels and what they enclose.
struct Silhouette {
  /// Its number among the components that it was found with.
  let label: Int

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

  /// Whether a pixel lies on the picture's edge.
  let touchesBorder: Bool

  /// The shadow of component `label` of `labels`, which have `width` columns in each row.
  init(
    _ component: ConnectedComponents.Component, label: Int, in labels: [Int32],
    width pictureWidth: Int
  ) {
    let pictureHeight = labels.count / pictureWidth
    self.label = label
    (left, top) = (component.left - 1, component.top - 1)
    width = component.right - component.left + 3
    height = component.bottom - component.top + 3
    var own = [Bool](repeating: false, count: width * height)
    for y in component.top...component.bottom {
      for x in component.left...component.right
      where labels[y * pictureWidth + x] == Int32(label) {
        own[(y - top) * width + x - left] = true
      }
    }
    let mask = Self.filled(own, width: width)
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
    touchesBorder =
      component.left == 0 || component.top == 0 || component.right == pictureWidth - 1
      || component.bottom == pictureHeight - 1
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

  /// The index into the picture of the pixel at `index` of ``mask``, in a picture of `pictureWidth`
  /// columns.
  func pictureIndex(_ index: Int, pictureWidth: Int) -> Int {
    (index / width + top) * pictureWidth + index % width + left
  }
}
