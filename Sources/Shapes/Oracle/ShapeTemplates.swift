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
    var isClear: Bool { overlap >= ShapeTemplates.leastOverlap && margin >= ShapeTemplates.leastMargin }
  }

  /// The least overlap of a shape with its template: drawn ones reach 0.9 at 64 pixels.
  static let leastOverlap = 0.88

  /// The least difference between the overlaps with the best template and with the next.
  static let leastMargin = 0.03

  private struct Template {
    let shape: Shape
    let silhouette: NormalisedSilhouette
    /// The centre of mass below the middle, in radii.
    let centroidY: Double
    /// Squares of the radius.
    let area: Double
  }

  private let templates: [Template]

  /// The templates of all shapes.
  init() {
    templates = Shape.allCases.map { shape in
      let outline = Outline(of: shape)
      let centroidY = Self.centroidY(of: outline)
      return Template(
        shape: shape, silhouette: NormalisedSilhouette(outline, centroidY: centroidY),
        centroidY: centroidY, area: outline.area)
    }
  }

  /// The shape that `silhouette` fits best.
  func match(_ silhouette: Silhouette) -> Match {
    let normalised = NormalisedSilhouette(silhouette)
    let ranked = templates.map { (template: $0, overlap: $0.silhouette.overlap(normalised)) }
      .sorted { $0.overlap > $1.overlap }
    let (best, next) = (ranked[0], ranked[1])
    let radius = (Double(silhouette.area) / best.template.area).squareRoot()
    return Match(
      shape: best.template.shape, overlap: best.overlap, margin: best.overlap - next.overlap,
      middle: silhouette.center - [0, best.template.centroidY * radius], radius: radius)
  }

  /// The centre of mass of a shape, below the middle of its frame; all are their own mirror images.
  private static func centroidY(of outline: Outline) -> Double {
    let steps = 256
    let place = { (index: Int) in (Float(index) + 0.5) * 2 / Float(steps) - 1 }
    var row = [Float](repeating: 0, count: steps)
    var (count, sum) = (0, 0.0)
    row.withUnsafeMutableBufferPointer { row in
      for line in 0..<steps {
        outline.distances(y: place(line), fromX: place(0), step: 2 / Float(steps), into: row)
        let covered = row.count { $0 > 0 }
        count += covered
        sum += Double(covered) * Double(place(line))
      }
    }
    return sum / Double(count)
  }
}
