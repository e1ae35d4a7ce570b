/// What the options `--reward`, `--weight`, `--mix`, `--per` and `--floor` ask for together.
public struct MixturePlan: Sendable, Equatable {
  /// The rewards, in their order.
  public let terms: [RewardTerm]

  /// How their scores are combined.
  public var mixture: RewardMixture

  /// What results call the combination itself.
  static let reservedNames: Set = ["mixture", "mixed"]

  /// Puts the options together.
  ///
  /// - Parameters:
  ///   - scale: nil where it was not asked for: several rewards are then mixed by z-scores.
  ///   - scope: nil where it was not asked for.
  ///   - defaultScope: what nil means.
  /// - Throws: ``MixingError``, whose texts are fit for the user of the options.
  public init(
    terms: [RewardTerm], weights: [WeightAssignment] = [], scale: ScoreScale? = nil,
    scope: ScoreScope? = nil, defaultScope: ScoreScope = .round, floors: [ScoreFloor] = []
  ) throws {
    let names = terms.map(\.name)
    for name in names where Self.reservedNames.contains(name) {
      throw MixingError.reservedName(name)
    }
    for weight in weights where !names.contains(weight.component) {
      throw MixingError.unknownComponent(weight.component, option: "--weight", known: names)
    }
    for floor in floors where !names.contains(floor.component) {
      throw MixingError.unknownComponent(floor.component, option: "--floor", known: names)
    }
    let components = terms.map { term in
      let given = weights.last { $0.component == term.name }?.weight
      return RewardMixture.Component(term.name, weight: given ?? term.weight ?? 1)
    }
    self.terms = terms
    mixture = try RewardMixture(
      components, scale: scale ?? (terms.count > 1 ? .zScore : .raw),
      scope: scope ?? defaultScope, floors: floors)
  }

  /// Whether a single reward is taken as it is, so that there is nothing to mix.
  public var isPlain: Bool {
    terms.count == 1 && mixture.scale == .raw && mixture.floors.isEmpty
      && mixture.components[0].weight == 1
  }
}
