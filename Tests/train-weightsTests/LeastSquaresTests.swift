import Testing
import train_weights

@Suite("Least squares")
struct LeastSquaresTests {
  private let rows: [[Float]] = [[1, 0], [0, 1], [2, 1], [-1, 3], [0.5, -2]]

  @Test("values that are linear in the rows are met, within 1e-6 at a ridge of 1e-9")
  func exact() {
    let values = rows.map { 3 * Double($0[0]) - 2 * Double($0[1]) + 0.75 }
    let fit = LeastSquares(rows, values, ridge: 1e-9)
    #expect(abs(fit.weight[0] - 3) < 1e-6)
    #expect(abs(fit.weight[1] + 2) < 1e-6)
    #expect(abs(fit.bias - 0.75) < 1e-6)
  }

  @Test("a column that never changes gets no weight, though it alone has no solution")
  func constantColumn() {
    let fit = LeastSquares(rows.map { $0 + [7] }, rows.map { Double($0[0]) }, ridge: 1e-9)
    #expect(abs(fit.weight[2]) < 1e-6)
    #expect(abs(fit.weight[0] - 1) < 1e-6)
  }

  @Test("the mean squared error is that of the rows that are asked about")
  func error() {
    let fit = LeastSquares(rows, rows.map { Double($0[0]) }, ridge: 1e-9)
    #expect(fit.meanSquaredError(rows, rows.map { Double($0[0]) }) < 1e-12)
    #expect(abs(fit.meanSquaredError([[1, 0], [2, 5]], [2, 5]) - (1 + 9) / 2) < 1e-5)
  }

  @Test("a large ridge leaves the mean alone")
  func ridge() {
    let fit = LeastSquares(rows, [1, 2, 3, 4, 5], ridge: 1e9)
    #expect(fit.weight.allSatisfy { abs($0) < 1e-6 })
    #expect(abs(fit.bias - 3) < 1e-6)
  }
}
