internal import Torch

/// How far what two adapters change is from each other.
package struct AdapterComparison {
  /// The inner products of two changes of weights with themselves and each other.
  package struct Products {
    /// ⟨A, A⟩.
    var first = 0.0
    /// ⟨B, B⟩.
    var second = 0.0
    /// ⟨A, B⟩.
    var mixed = 0.0

    /// ‖A‖.
    package var firstNorm: Double { max(first, 0).squareRoot() }

    /// ‖B‖.
    package var secondNorm: Double { max(second, 0).squareRoot() }

    /// ‖A − B‖.
    package var distance: Double { max(first + second - 2 * mixed, 0).squareRoot() }

    /// The cosine of the angle between A and B, −1…1; nil where one of them is zero.
    package var cosine: Double? {
      let lengths = firstNorm * secondNorm
      return lengths > 0 ? min(max(mixed / lengths, -1), 1) : nil
    }
  }

  /// Every layer that one of the two changes.
  package let layers: [(layer: LayerAddress, products: Products)]

  /// All layers together.
  package let total: Products

  /// - Throws: `AdapterError.shape` where the two change a layer of different sizes.
  package init(_ first: AdapterWeights, _ second: AdapterWeights) throws {
    let addresses = Set(first.layers.keys).union(second.layers.keys).sorted()
    layers = try addresses.map { layer in
      let (a, b) = (first.layers[layer], second.layers[layer])
      if let a, let b, a.changedSize != b.changedSize {
        throw AdapterError.shape(
          layer: layer, factor: "second adapter's down", given: b.down.shape,
          needed: [b.rank] + a.down.shape.dropFirst(), weight: [a.up.shape[0]] + a.down.shape[1...])
      }
      var products = Products()
      products.first = try a.map { try $0.product(with: $0) } ?? 0
      products.second = try b.map { try $0.product(with: $0) } ?? 0
      if let a, let b { products.mixed = try a.product(with: b) }
      return (layer, products)
    }
    total = layers.reduce(into: Products()) { sum, row in
      sum.first += row.products.first
      sum.second += row.products.second
      sum.mixed += row.products.mixed
    }
  }
}
