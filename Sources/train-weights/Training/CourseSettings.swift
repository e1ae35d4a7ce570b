/// The numbers of a course.
package struct CourseSettings: Sendable, Equatable, Codable {
  /// Steps in all.
  package var steps: Int

  /// Samples in a step; the course itself only counts them.
  package var batch: Int

  /// The highest learning rate: it rises to it on a line and falls from it as half a cosine.
  package var learningRate: Double

  /// Steps in which the learning rate rises.
  package var warmup: Int

  /// How much of the mean squared gradient stays at each step, 0..<1.
  package var squareDecay = 0.99

  /// The share of every parameter that a step takes away, per unit of the learning rate.
  package var weightDecay = 0.0

  /// The norm that the gradients together are cut down to.
  package var gradientLimit = 1.0

  /// How much of the moving average of the parameters stays at each step, 0..<1; less at first, so
  /// that the average forgets where the parameters began.
  package var averageDecay = 0.999

  /// Settings of so many steps and samples; what is not asked for here can be set afterwards.
  package init(steps: Int, batch: Int, learningRate: Double, warmup: Int) {
    (self.steps, self.batch) = (steps, batch)
    (self.learningRate, self.warmup) = (learningRate, warmup)
  }
}
