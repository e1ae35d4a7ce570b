/// One reward's outcomes over a list of images.
public struct ScoreColumn: Sendable, Equatable {
  /// The component's name.
  public let name: String

  /// What all of its scores were made by.
  public let passport: RewardPassport

  /// One outcome an image.
  public let outcomes: [RewardOutcome]

  /// A column.
  public init(name: String, passport: RewardPassport, outcomes: [RewardOutcome]) {
    self.name = name
    self.passport = passport
    self.outcomes = outcomes
  }

  /// The scores there are, in their order.
  public var scores: [Double] { outcomes.compactMap(\.score) }

  /// This column with `more` of the same component below it.
  ///
  /// - Throws: ``MixingError/differentPassports(component:facts:)``.
  public func followed(by more: ScoreColumn) throws -> ScoreColumn {
    let differences = passport.differences(from: more.passport)
    guard differences.isEmpty else {
      throw MixingError.differentPassports(component: name, facts: differences)
    }
    return ScoreColumn(name: name, passport: passport, outcomes: outcomes + more.outcomes)
  }
}
