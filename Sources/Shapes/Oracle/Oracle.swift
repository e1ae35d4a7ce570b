package import Imaging

/// Looks at a picture alone and says which figures stand where.
///
/// Its answers measure models; nothing may be trained, selected or stopped by them. Figures are
/// found as parts that differ from the colour of the picture's edge, their colours by hue, their
/// shapes by overlap with the six outlines.
package struct Oracle: Sendable {
  private let templates = ShapeTemplates()

  /// An oracle.
  package init() {}

  /// What `image` shows; any size will do whose edges are at least 48 pixels.
  package func observation(of image: RGBImage) -> Observation {
    guard let picture = SmoothedPicture(image) else {
      return Observation(figures: [], strayArea: 0, abstention: .tooSmall)
    }
    let background = BackgroundEstimate(picture)
    guard background.isFlat else {
      return Observation(figures: [], strayArea: 0, abstention: .noFlatBackground)
    }
    let segmentation = Segmentation(picture, on: background)
    let figures = segmentation.silhouettes.map { silhouette in
      figure(silhouette, in: picture, segmentation, on: background.rgb)
    }
    return Observation(
      background: background.background, figures: figures.sorted { $0.x < $1.x },
      strayArea: segmentation.strayArea,
      abstention: background.background == nil ? .unknownBackground : nil)
  }

  /// Whether `image` shows what `request` asks for; see ``Verdict`` for what is judged.
  package func verdict(on image: RGBImage, asked request: Request) -> Verdict {
    Verdict(on: observation(of: image), asked: request)
  }

  private func figure(
    _ silhouette: Silhouette, in picture: SmoothedPicture, _ segmentation: Segmentation,
    on background: SIMD3<Float>
  ) -> ObservedFigure {
    let match = templates.match(silhouette)
    let body = FigureBody(silhouette, in: picture, segmentation)
    let color = ColorReading(
      of: body.core, in: picture, contrast: segmentation.contrast, background: background)
    let abstention: Abstention? =
      if !body.isSharp {
        .blurred
      } else if color.isMixed {
        .mixedColors
      } else if !match.isClear {
        .malformed
      } else if color.color == nil {
        .unknownColor
      } else {
        nil
      }
    let edge = Double(SmoothedPicture.shorterEdge)
    return ObservedFigure(
      color: color.color, shape: match.isClear && body.isSharp ? match.shape : nil,
      x: match.middle.x / edge, y: match.middle.y / edge, radius: match.radius / edge,
      touchesBorder: silhouette.touchesBorder, overlap: match.overlap, abstention: abstention)
  }
}
