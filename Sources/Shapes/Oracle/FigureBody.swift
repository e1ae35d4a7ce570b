/// The painted pixels of a silhouette.
struct FigureBody {
  /// How many pixels inside of its border a sharp figure has reached its full colour.
  static let rampWidth = 3

  /// The least contrast there, as a share of the figure's highest.
  static let leastRamp: Float = 0.5

  /// The least share of a figure's pixels that have its palest paint where the border does not show
  /// its full colour, as between dots.
  static let leastTintShare = 0.25

  /// The painted pixels that no other than painted ones touch, as indices into the picture; all
  /// painted ones where a figure is drawn too thinly.
  let core: [Int]

  /// Whether the border is a border, and no slow change from background to figure.
  let isSharp: Bool

  /// Looks at the pixels of `silhouette`.
  init(_ silhouette: Silhouette, in picture: SmoothedPicture, _ segmentation: Segmentation) {
    let contrast = segmentation.contrast
    let width = silhouette.width
    var painted: [Int] = []
    var core: [Int] = []
    for index in silhouette.mask.indices where silhouette.isPainted[index] {
      let place = silhouette.pictureIndex(index, pictureWidth: picture.width)
      painted.append(place)
      if silhouette.isPainted[index - 1], silhouette.isPainted[index + 1],
        silhouette.isPainted[index - width], silhouette.isPainted[index + width]
      {
        core.append(place)
      }
    }
    self.core = core.count * 5 >= painted.count ? core : painted

    let within = silhouette.inside(depth: Self.rampWidth - 1)
    let deeper = silhouette.inside(depth: Self.rampWidth)
    let band = within.indices.filter { within[$0] && !deeper[$0] }.map {
      contrast[silhouette.pictureIndex($0, pictureWidth: picture.width)]
    }
    let ramp = Self.quantile(0.85, of: band)
    let highest = Self.quantile(0.9, of: painted.map { contrast[$0] })
    let tint = 1.6 * silhouette.level...2.5 * silhouette.level
    let tinted = painted.count { tint.contains(contrast[$0]) }
    isSharp =
      ramp >= Self.leastRamp * highest
      || tint.contains(Self.quantile(0.5, of: band))
        && Double(tinted) >= Self.leastTintShare * Double(painted.count)
  }

  private static func quantile(_ share: Double, of values: [Float]) -> Float {
    guard !values.isEmpty else { return 0 }
    return values.sorted()[min(Int(share * Double(values.count)), values.count - 1)]
  }
}
