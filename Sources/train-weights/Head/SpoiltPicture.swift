internal import Imaging
internal import RAFT
internal import Shapes

/// A picture in which something is wrong, and how good it is.
struct SpoiltPicture {
  /// What is wrong.
  enum Fault: Hashable {
    case disorder(Disorder)
    case corruption(Corruption)

    /// All that there are.
    static let all = Disorder.allCases.map(Self.disorder) + Corruption.allCases.map(Self.corruption)

    /// What JSON calls it.
    var key: String {
      switch self {
      case .disorder(let disorder): "scene_\(disorder.rawValue)"
      case .corruption(let corruption): corruption.rawValue
      }
    }

    /// What people read.
    var name: String {
      switch self {
      case .disorder(.multiplied): "one figure several times"
      case .disorder(.cutOff): "figures across the edge"
      case .disorder(.crowded): "one figure more"
      case .corruption(.lowContrast): "low contrast"
      case .corruption(.cutOff): "cut off"
      case .corruption(let corruption): corruption.rawValue
      }
    }
  }

  /// The picture.
  let image: RGBImage

  /// How good it is.
  let quality: Quality

  /// A picture of `scene` with `fault`.
  ///
  /// - Parameter render: draws a scene.
  init(
    of scene: Scene, _ fault: Fault, using random: inout SplitMix64,
    render: (Scene, inout SplitMix64) -> RGBImage
  ) {
    switch fault {
    case .disorder(let disorder):
      image = render(disorder.applied(to: scene, using: &random), &random)
      quality = Quality(of: scene).losing(disorder.loss)
    case .corruption(let corruption):
      let severity = random.unit()
      image = corruption.applied(
        to: render(scene, &random), severity: severity, using: &random)
      quality = Quality(of: scene).losing(corruption.loss(at: severity))
    }
  }

  /// A picture of `scene` with any fault, disorder as often as corruption.
  init(
    of scene: Scene, using random: inout SplitMix64, render: (Scene, inout SplitMix64) -> RGBImage
  ) {
    let fault: Fault =
      random.unit() < 0.5
      ? .disorder(random.element(of: Disorder.allCases))
      : .corruption(random.element(of: Corruption.allCases))
    self.init(of: scene, fault, using: &random, render: render)
  }
}
