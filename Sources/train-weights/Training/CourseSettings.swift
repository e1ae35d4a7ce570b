/// The numbers of a course.
struct CourseSettings: Sendable, Equatable, Codable {
  /// Steps in all.
  var steps: Int

  /// Samples in a step; the course itself only counts them.
  var batch: Int

  /// The highest learning rate: it rises to it on a line and falls from it as half a cosine.
  var learningRate: Double

  /// Steps in which the learning rate rises.
  var warmup: Int

  /// How much of the mean squared gradient stays at each step, 0..<1.
  var squareDecay = 0.99

  /// The share of every parameter that a step takes away, per unit of the learning rate.
  var weightDecay = 0.0

  /// The norm that the gradients together are cut down to.
  var gradientLimit = 1.0

  /// How much of the moving average of the parameters stays at each step, 0..<1; less at first, so
  /// that the average forgets where the parameters began.
  var averageDecay = 0.999
}
