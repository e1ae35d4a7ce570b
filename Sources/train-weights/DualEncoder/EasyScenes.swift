internal import RAFT
internal import Shapes

/// Scenes of one figure that begin easy: large, in the middle, solid.
///
/// From scenes of all kinds a vision tower learns colours at once and shapes hardly at all: it must
/// find out where a figure is before it can tell its outline. With figures that move away from the
/// middle little by little it learns both together (Bengio et al. 2009, "Curriculum learning").
struct EasyScenes {
  /// The share of the sampler's scenes that are to have two figures whatever it draws, so that
  /// there is enough to learn from which colour belongs to which shape.
  let pairShare: Double

  private let sampler = SceneSampler()

  /// A style for what is to be styled: any, `solid` among them, so that a little less is.
  private func style(isStyled: Bool, using random: inout SplitMix64) -> Style {
    isStyled ? random.element(of: Style.allCases) : .solid
  }

  /// A scene of a course that has come `progress` of its easy part, 0…1: at 1 every scene is one of
  /// the sampler's, at 0 none.
  func scene(progress: Double, using random: inout SplitMix64) -> Scene {
    guard random.unit() >= progress * progress else {
      guard random.unit() < pairShare else { return sampler.scene(using: &random) }
      let isStyled = random.unit() < SceneSampler.styledShare
      let request = Request(
        Array(repeating: .init(nil, nil), count: 2),
        style: style(isStyled: isStyled, using: &random))
      return sampler.scene(showing: request, using: &random)
    }
    let sizes: [Figure.Size] =
      progress < 0.3 ? [.large] : progress < 0.6 ? [.large, .medium] : Figure.Size.allCases
    let size = random.element(of: sizes)
    let radius = random.value(in: size.radii)
    let reach = 0.06 + 0.5 * progress
    func place(_ random: inout SplitMix64) -> Double {
      let edge = (1 + SceneSampler.margin) * radius
      return min(max(random.value(in: 0.5 - reach...0.5 + reach), edge), 1 - edge)
    }
    let isStyled = random.unit() < SceneSampler.styledShare * progress
    let figure = Figure(
      random.element(of: Color.allCases), random.element(of: Shape.allCases),
      size: size, x: place(&random), y: place(&random), radius: radius)
    return Scene(
      [figure], on: random.element(of: Background.allCases),
      style: style(isStyled: isStyled, using: &random))
  }
}
