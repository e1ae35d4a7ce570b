/// The six shapes as silhouettes, to compare one with.
struct ShapeTemplates {
  /// How well a silhouette fits the shape that it fits best.
  struct Match {
    /// The shape.
    let shape: Shape

    /// Intersection over union at equal area and centre, 0…1.
    let overlap: Double

    /// By how much the next shape overlaps less.
    let margin: Double

    /// Where the figure's middle is, in columns and rows of the picture: for a triangle not where
    /// its centre of mass is.
    let middle: SIMD2<Double>

    /// Half of the figure's height, in pixels.
    let radius: Double

    /// Whether it is this shape and no other.
    var isClear: Bool {
      overlap >= ShapeTemplates.leastOverlap && margin >= ShapeTemplates.leastMargin
    }
  }

  /// The least overlap of a shape with its template: drawn ones reach 0.9 at 64 pixels.
  static let leastOverlap = 0.88

  /// The least difference between the overlaps with the best template and with the next.
  static let leastMargin = 0.03

  /// The size at which the figures are drawn that silhouettes are compared with, in pixels.
  private static let size = 128

  /// Their radii, as shares of the edge: smoothing rounds the corners of small ones more.
  private static let radii = [0.14, 0.19, 0.3]

  fileprivate struct Template {
    let shape: Shape
    let silhouette: NormalisedSilhouette
    /// The centre of mass below the middle, in pixels.
    let offset: Double
    /// In pixels.
    let radius: Double
    /// In pixels.
    let area: Double
  }

  /// One template for each of ``radii``, shape by shape.
  private let templates: [[Template]]

  /// The templates of all shapes.
  init() {
    let renderer = SceneRenderer(size: Self.size)
    templates = Shape.allCases.map { shape in
      Self.radii.compactMap { radius in
        let figure = Figure(.blue, shape, x: 0.5, y: 0.5, radius: radius)
        return Template(figure, drawnBy: renderer)
      }
    }
  }

  /// The shape that `silhouette` fits best.
  func match(_ silhouette: Silhouette) -> Match {
    let normalised = NormalisedSilhouette(silhouette)
    let area = Double(silhouette.area)
    let ranked = templates.compactMap { sizes in
      sizes.min { abs($0.area - area) < abs($1.area - area) }
    }
    .map { (template: $0, overlap: $0.silhouette.overlap(normalised)) }
    .sorted { $0.overlap > $1.overlap }
    let (best, next) = (ranked[0], ranked[1])
    let scale = (area / best.template.area).squareRoot()
    return Match(
      shape: best.template.shape, overlap: best.overlap, margin: best.overlap - next.overlap,
      middle: silhouette.center - [0, best.template.offset * scale],
      radius: best.template.radius * scale)
  }
}

extension ShapeTemplates.Template {
  /// What `figure` looks like to the oracle.
  fileprivate init?(_ figure: Figure, drawnBy renderer: SceneRenderer) {
    guard let picture = SmoothedPicture(renderer.image(of: Scene([figure]))),
      let silhouette = Segmentation(picture, on: BackgroundEstimate(picture)).silhouettes.first
    else { return nil }
    let edge = Double(SmoothedPicture.shorterEdge)
    self.init(
      shape: figure.shape, silhouette: NormalisedSilhouette(silhouette),
      offset: silhouette.center.y - figure.y * edge, radius: figure.radius * edge,
      area: Double(silhouette.area))
  }
}
