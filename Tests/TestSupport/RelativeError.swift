package import Torch

/// The root mean square of the difference over that of the reference; infinite where the shapes
/// differ.
package func relativeError(_ found: Tensor, _ expected: Tensor) throws -> Double {
  guard found.shape == expected.shape else { return .infinity }
  let reference = try expected.to(.float64)
  let difference = try found.to(.float64) - reference
  return try difference.norm().item() / max(reference.norm().item(), 1e-30)
}

/// The same for plain numbers.
package func relativeError(_ found: [Double], _ expected: [Float]) -> Double {
  guard found.count == expected.count else { return .infinity }
  let squares = zip(found, expected).map { ($0 - Double($1)) * ($0 - Double($1)) }
  let scale = expected.map { Double($0) * Double($0) }.reduce(0, +)
  return (squares.reduce(0, +) / max(scale, 1e-30)).squareRoot()
}
