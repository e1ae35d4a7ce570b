/// The way to an external reward: a program's pipes, or HTTP.
protocol RewardService: AnyObject {
  /// What messages call the reward.
  var name: String { get }

  /// What the scores depend on, as far as can be seen from here.
  var passport: RewardPassport { get }

  /// Whether the passport tells one version of the reward from another.
  var statesPassport: Bool { get }

  /// Whether the reward sees the same files as we do.
  var sharesFiles: Bool { get }

  /// Asks about `requests` and enters every answer into `sheet`, also where it fails later on.
  ///
  /// - Throws: ``ServiceFailure`` where requests stay open, ``ExternalRewardError`` where the call
  ///   must end.
  func answer(_ requests: [RewardRequest], in sheet: inout AnswerSheet) throws

  /// Gives back what the way holds open.
  func end()
}
