/// The linear map with the least squared error, `y ≈ w·x + b`, with `λ|w|²` added to the mean.
package struct LeastSquares {
  /// `w`, `D` numbers.
  package let weight: [Double]

  /// `b`.
  package let bias: Double

  /// Solves `(XᵀX/n − x̄x̄ᵀ + λI) w = Xᵀy/n − x̄ȳ` and sets `b = ȳ − w·x̄`.
  ///
  /// - Parameters:
  ///   - rows: `n` lists of `D` numbers, one at least.
  ///   - values: `n` numbers.
  ///   - ridge: λ, above 0, so that there is one solution.
  package init(_ rows: [[Float]], _ values: [Double], ridge: Double) {
    precondition(rows.count == values.count && !rows.isEmpty && ridge > 0)
    let (width, count) = (rows[0].count, Double(rows.count))
    var mean = [Double](repeating: 0, count: width)
    for row in rows { for index in 0..<width { mean[index] += Double(row[index]) / count } }
    let center = values.reduce(0, +) / count
    var products = [[Double]](repeating: [Double](repeating: 0, count: width), count: width)
    var right = [Double](repeating: 0, count: width)
    for (row, value) in zip(rows, values) {
      let centered = row.indices.map { Double(row[$0]) - mean[$0] }
      for index in 0..<width {
        right[index] += centered[index] * (value - center) / count
        for other in 0...index { products[index][other] += centered[index] * centered[other] }
      }
    }
    for index in 0..<width {
      for other in 0...index { products[index][other] /= count }
      products[index][index] += ridge
    }
    weight = Self.solved(products, right)
    bias = center - zip(weight, mean).reduce(0) { $0 + $1.0 * $1.1 }
  }

  /// The mean of `(w·x + b − y)²`.
  package func meanSquaredError(_ rows: [[Float]], _ values: [Double]) -> Double {
    let errors = zip(rows, values).map { row, value in
      let found = zip(row, weight).reduce(bias) { $0 + Double($1.0) * $1.1 }
      return (found - value) * (found - value)
    }
    return errors.reduce(0, +) / Double(errors.count)
  }

  /// `A⁻¹b` by Cholesky's decomposition.
  ///
  /// - Parameter matrix: the lower triangle of a symmetric, positive definite `A`.
  private static func solved(_ matrix: [[Double]], _ right: [Double]) -> [Double] {
    var (lower, x) = (matrix, right)
    for row in right.indices {
      for column in 0...row {
        var sum = lower[row][column]
        for index in 0..<column { sum -= lower[row][index] * lower[column][index] }
        lower[row][column] = row == column ? sum.squareRoot() : sum / lower[column][column]
      }
    }
    for row in right.indices {
      for index in 0..<row { x[row] -= lower[row][index] * x[index] }
      x[row] /= lower[row][row]
    }
    for row in right.indices.reversed() {
      for index in (row + 1)..<max(row + 1, right.count) { x[row] -= lower[index][row] * x[index] }
      x[row] /= lower[row][row]
    }
    return x
  }
}
