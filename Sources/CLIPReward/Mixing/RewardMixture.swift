/// Several rewards made one: a weighted sum of their scores on a common scale, above hard floors.
///
/// What one component excludes, the mixture excludes, with that reason, unless the component
/// neither counts (weight 0) nor has a floor. Only images that every counting component scores take
/// part in means, deviations, ranks and medians; floors are applied last, so they change nobody
/// else's score.
public struct RewardMixture: Sendable, Equatable {
  /// A component and what it counts.
  public struct Component: Sendable, Equatable {
    /// The component's name.
    public let name: String

    /// What its scores are multiplied by; negative to prefer low ones, 0 to report it only.
    public let weight: Double

    /// A component.
    public init(_ name: String, weight: Double = 1) {
      self.name = name
      self.weight = weight
    }
  }

  /// The components in their order.
  public let components: [Component]

  /// What puts them on one scale.
  public let scale: ScoreScale

  /// What the scale is taken over.
  public let scope: ScoreScope

  /// What must be reached.
  public let floors: [ScoreFloor]

  /// Scores of a base by the floor that refers to it.
  public var bases: [ScoreFloor: ScoreColumn] = [:]

  /// A mixture.
  ///
  /// - Parameter scale: nil is allowed for a single component, which is then taken raw.
  /// - Throws: ``MixingError`` where names stand twice or are unknown, or every weight is 0.
  public init(
    _ components: [Component], scale: ScoreScale?, scope: ScoreScope = .round,
    floors: [ScoreFloor] = []
  ) throws {
    let names = components.map(\.name)
    for (index, name) in names.enumerated() where names[..<index].contains(name) {
      throw MixingError.sameName(name)
    }
    guard components.contains(where: { $0.weight != 0 }) else { throw MixingError.noWeight(names) }
    for floor in floors where !names.contains(floor.component) {
      throw MixingError.unknownComponent(floor.component, option: "a floor", known: names)
    }
    guard scale != nil || components.count == 1 else { throw MixingError.noScale(names) }
    self.components = components
    self.scale = scale ?? .raw
    self.scope = scope
    self.floors = floors
  }

  /// Whether an image without a score of the component `name` has no score at all: not where the
  /// component is only reported.
  public func needs(_ name: String) -> Bool {
    components.contains { $0.name == name && $0.weight != 0 }
      || floors.contains { $0.component == name }
  }

  /// What to say where the scale makes all scores equal: z-scores or ranks are taken per prompt,
  /// and no prompt has two images; nil elsewhere.
  ///
  /// - Parameter prompts: what each image that has scores should show.
  public func warning(for prompts: [String?]) -> String? {
    guard scale != .raw, scope == .prompt, prompts.count > 1,
      Set(prompts).count == prompts.count
    else { return nil }
    let value = scale == .rank ? "½" : "0"
    return "every prompt has a single image, whose \(scale.rawValue) among that prompt's images is "
      + "always \(value): all scores are equal; --per round takes it over all images"
  }

  /// The mixed outcomes, in the order of the images.
  ///
  /// The details of a score hold, by component, its raw score (`clip`) and what it became on the
  /// common scale (`clip.z`, `clip.rank`).
  ///
  /// - Parameters:
  ///   - columns: one a component, in the components' order and of one length.
  ///   - prompts: what each image should show; only `ScoreScope.prompt` looks at it.
  /// - Throws: ``MixingError`` where the columns do not fit, or a base's scores have another
  ///   passport.
  public func outcomes(of columns: [ScoreColumn], prompts: [String?]) throws -> [RewardOutcome] {
    let names = components.map(\.name)
    guard columns.map(\.name) == names, columns.allSatisfy({ $0.outcomes.count == prompts.count })
    else {
      throw MixingError.columns(
        expected: names.map { "\($0) (\(prompts.count))" },
        found: columns.map { "\($0.name) (\($0.outcomes.count))" })
    }
    let needed = columns.filter { needs($0.name) }
    let scored = prompts.indices.filter { image in
      needed.allSatisfy { $0.outcomes[image].score != nil }
    }
    let levels = try floors.map { try level(of: $0, columns, over: scored) }
    let groups = groups(of: scored, prompts)
    let values = columns.map { scaled($0, over: groups) }
    return prompts.indices.map { image in
      for column in needed {
        if case .excluded(let reason) = column.outcomes[image] { return .excluded(reason) }
      }
      for (floor, level) in zip(floors, levels) {
        let score =
          columns.first { $0.name == floor.component }?.outcomes[image].score ?? -.infinity
        guard score >= level else {
          return .excluded(
            .belowFloor(component: floor.component, score: score, floor: level))
        }
      }
      return mixed(image, columns, values)
    }
  }

  /// The weighted sum, with what it was made of.
  private func mixed(_ image: Int, _ columns: [ScoreColumn], _ scaled: [[Int: Double]])
    -> RewardOutcome
  {
    var sum = 0.0
    var details: [String: Double] = [:]
    for ((component, column), scaled) in zip(zip(components, columns), scaled) {
      guard case .score(let score, let more) = column.outcomes[image], let value = scaled[image]
      else { continue }
      sum += component.weight * value
      for (key, detail) in more { details["\(column.name).\(key)"] = detail }
      details[column.name] = score
      if scale != .raw { details["\(column.name).\(scale.rawValue)"] = value }
    }
    guard sum.isFinite else { return .excluded(.notFinite(reward: "mixed")) }
    return .score(sum, details: details)
  }

  /// A column's scores on the common scale, by image.
  private func scaled(_ column: ScoreColumn, over groups: [[Int]]) -> [Int: Double] {
    var result: [Int: Double] = [:]
    for group in groups {
      // A component that is only reported may lack some.
      let images = group.filter { column.outcomes[$0].score != nil }
      let scores = images.compactMap { column.outcomes[$0].score }
      for (image, value) in zip(images, scale.scaled(scores)) { result[image] = value }
    }
    return result
  }

  private func groups(of images: [Int], _ prompts: [String?]) -> [[Int]] {
    switch scope {
    case .round: [images]
    case .prompt: Array(Dictionary(grouping: images) { prompts[$0] }.values)
    }
  }

  /// Where a floor lies, in a round of which `images` have every score.
  private func level(of floor: ScoreFloor, _ columns: [ScoreColumn], over images: [Int]) throws
    -> Double
  {
    let column = columns.first { $0.name == floor.component }
    switch floor.bound {
    case .absolute(let level): return level
    case .median:
      // A round without a single score has nothing to hold to a floor either.
      let scores = images.compactMap { column?.outcomes[$0].score }
      return ScoreFloor.median(of: scores) ?? -.infinity
    case .baseMedian(let file):
      guard let base = bases[floor], let level = ScoreFloor.median(of: base.scores) else {
        throw MixingError.noBaseScores(component: floor.component, source: file)
      }
      let differences = base.passport.differences(from: column?.passport ?? base.passport)
      guard differences.isEmpty else {
        throw MixingError.differentPassports(component: floor.component, facts: differences)
      }
      return level
    }
  }
}
