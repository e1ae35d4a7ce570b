/// What in a picture is not background, part by part.
///
/// Areas are in squares of the picture's shorter edge, as the sizes of figures are in shorter edges:
/// in a square picture they are shares of it.
struct Segmentation {
  /// The least distance in RGB from the background at which a pixel counts: the light tint between
  /// the stripes of an orange figure is 0.15 from beige.
  static let leastContrast: Float = 0.075

  /// The area below which a part is a speck that does not count.
  static let speck = 0.002

  /// The area below which a part is no figure: two thirds of the smallest star, as large as the
  /// background's and its own blur leave it.
  static let smallestFigure = 0.012

  /// How far blur may reach beyond a figure's border, in working pixels.
  static let blurWidth = 5

  /// The parts that are large enough for a figure.
  let silhouettes: [Silhouette]

  /// The area of the parts and smears that are neither figures nor specks.
  let strayArea: Double

  /// Each pixel's distance in RGB from the background.
  let contrast: [Float]

  /// Tells `picture` from its background.
  init(_ picture: SmoothedPicture, on background: BackgroundEstimate) {
    let width = picture.width
    let contrast = Self.contrast(picture, background.rgb)
    let square = Double(SmoothedPicture.shorterEdge * SmoothedPicture.shorterEdge)
    let isAnything = contrast.map { $0 >= Self.leastContrast }
    let rough = ConnectedComponents(of: isAnything, width: width)
    let levels = Self.levels(rough, contrast, width: width, leastArea: Self.speck * square)

    var isFigure = isAnything
    for index in isAnything.indices where isAnything[index] {
      isFigure[index] = contrast[index] >= levels[Int(rough.labels[index])]
    }
    let fine = ConnectedComponents(of: isFigure, width: width)
    var silhouettes: [Silhouette] = []
    var strayCount = 0
    for (label, component) in fine.components.enumerated() {
      guard Double(component.area) >= Self.speck / 2 * square,
        let first = fine.labels.firstIndex(of: Int32(label))
      else { continue }
      let silhouette = Silhouette(
        component, label: label, in: fine.labels, width: width, contrast: contrast,
        level: levels[Int(rough.labels[first])])
      let area = Double(silhouette.area) / square
      if area >= Self.smallestFigure {
        silhouettes.append(silhouette)
      } else if area >= Self.speck {
        strayCount += silhouette.area
      }
    }
    let near = Self.dilated(isFigure, width: width, by: Self.blurWidth)
    let smeared = isAnything.indices.count { index in
      isAnything[index] && !near[index] && levels[Int(rough.labels[index])].isFinite
    }
    self.contrast = contrast
    self.silhouettes = silhouettes
    strayArea = Double(strayCount + smeared) / square
  }

  private static func contrast(_ picture: SmoothedPicture, _ background: SIMD3<Float>) -> [Float] {
    var contrast = [Float](repeating: 0, count: picture.red.count)
    for index in contrast.indices {
      let red = picture.red[index] - background.x
      let green = picture.green[index] - background.y
      let blue = picture.blue[index] - background.z
      contrast[index] = (red * red + green * green + blue * blue).squareRoot()
    }
    return contrast
  }

  /// The contrast at which each rough part's border lies: half of the palest paint's, so that a soft
  /// border is cut in its middle and light stripes stay in; infinite for specks.
  ///
  /// The palest paint is what a tenth of the pixels deep inside stay below. Thin strokes have no
  /// inside; there it is what a quarter of all pixels but the outermost stay below.
  private static func levels(
    _ rough: ConnectedComponents, _ contrast: [Float], width: Int, leastArea: Double
  ) -> [Float] {
    let shallow = eroded(rough.labels.map { $0 >= 0 }, width: width)
    let deep = eroded(eroded(shallow, width: width), width: width)
    var shallowValues = [[Float]](repeating: [], count: rough.components.count)
    var deepValues = shallowValues
    for index in shallow.indices where shallow[index] {
      let label = Int(rough.labels[index])
      shallowValues[label].append(contrast[index])
      if deep[index] { deepValues[label].append(contrast[index]) }
    }
    return rough.components.indices.map { label in
      let area = rough.components[label].area
      guard Double(area) >= leastArea else { return .infinity }
      let (all, inside) = (shallowValues[label].sorted(), deepValues[label].sorted())
      let paint =
        if inside.count * 10 >= area {
          inside[inside.count / 10]
        } else {
          all.isEmpty ? 0 : all[all.count / 4]
        }
      return max(leastContrast, paint / 2)
    }
  }

  /// The pixels of `mask` whose four neighbours are in it too.
  private static func eroded(_ mask: [Bool], width: Int) -> [Bool] {
    mask.indices.map { index in
      let x = index % width
      return mask[index] && x > 0 && x < width - 1 && index >= width && index + width < mask.count
        && mask[index - 1] && mask[index + 1] && mask[index - width] && mask[index + width]
    }
  }

  /// `mask` and what lies within `reach` rows and columns of it.
  private static func dilated(_ mask: [Bool], width: Int, by reach: Int) -> [Bool] {
    let height = mask.count / width
    var rows = [Bool](repeating: false, count: mask.count)
    for y in 0..<height {
      var last = -reach - 1
      for x in 0..<width + reach {
        if x < width, mask[y * width + x] { last = x }
        let at = x - reach
        if at >= 0, last >= at - reach { rows[y * width + at] = true }
      }
    }
    var result = rows
    for y in 0..<height {
      for near in max(y - reach, 0)...min(y + reach, height - 1) where near != y {
        for x in 0..<width where rows[near * width + x] { result[y * width + x] = true }
      }
    }
    return result
  }
}
