/// The text tower's sizes, and how it is trained.
struct TextTowerSettings: Sendable, Equatable, Codable {
  /// Its blocks.
  var blocks = TransformerSizes(width: 128, layers: 3, heads: 4)

  /// Text positions, begin and end among them.
  var positions = 32

  /// The share of a styled scene's captions that do not say the shapes.
  var vagueness = 0.3

  /// How it is trained.
  var course = CourseSettings(steps: 2000, batch: 128, learningRate: 1e-3, warmup: 100)

  /// A few steps of one block; the states stay as wide as the full ones.
  static var quick: TextTowerSettings {
    var settings = TextTowerSettings()
    settings.blocks.layers = 1
    settings.course.steps = 20
    settings.course.batch = 8
    settings.course.warmup = 2
    return settings
  }
}
