package import CLIP
internal import Foundation
internal import NN
package import Torch

/// Where the vision tower's training starts: values from which shapes are learnt from a fraction of
/// the pictures that the usual random ones take.
///
/// Usually positions are forty times weaker than the patches that they are added to, so that a
/// tower tells colours and no shapes for a long time. Here positions are waves of full strength
/// (Vaswani et al. 2017, in two dimensions), a patch is seen through its lowest cosines, and the
/// heads of the first blocks each look at one neighbour of a patch, as a convolution does (Zheng et
/// al. 2024, arXiv 2404.01139). Training changes all of it like any other values.
package struct VisionStart {
  private let configuration: VisionConfiguration

  /// Patches along a picture's edge, `P`.
  private let patches: Int

  /// Waves along each axis, `F`, as angles from one patch to the next: half of a wave in the whole
  /// picture, up to half of a wave in one patch.
  private let waves: [Double]

  /// How large the elements of positions are, and those of patches on the whole.
  private static let amplitude = 0.7

  /// How sharply a head looks at one place.
  private static let sharpness = 2.0

  /// Where the heads of the first blocks look, one after the other and from the first again, in
  /// patches.
  private static let places: [[(down: Int, right: Int)]] = [
    [(0, 1), (1, 0), (0, -1), (-1, 0)],
    [(1, 1), (1, -1), (-1, 1), (-1, -1)],
    [(0, 2), (2, 0), (0, -2), (-2, 0)],
  ]

  /// The start of a tower of these sizes, whose width is a multiple of 4.
  package init(_ configuration: VisionConfiguration) {
    self.configuration = configuration
    patches = configuration.imageSize / configuration.patchSize
    let (count, edge) = (configuration.width / 4, Double(patches))
    waves = (0..<count).map { index in
      .pi / edge * pow(edge, Double(index) / Double(max(count - 1, 1)))
    }
  }

  /// Gives the parameters of a vision tower their values.
  ///
  /// - Parameter parameters: by their names in the tower, such as `encoder.layers.0.…`.
  package func apply(to parameters: [String: Tensor]) throws {
    func change(_ name: String, _ value: (_ old: [Float]) -> [Float]) throws {
      guard let tensor = parameters[name] else {
        throw WeightsError.mismatch(
          source: "the vision tower's start", missing: [name], wrong: [], unused: [])
      }
      let changed = try Tensor(value(tensor.detached().floats()), shape: tensor.shape)
      try withoutGradients { try tensor.assign(changed.to(device: tensor.device)) }
    }
    try change("embeddings.position_embedding.weight") { old in
      Array(old.prefix(configuration.width)) + positions
    }
    try change("embeddings.patch_embedding.weight") { filters + $0.dropFirst(filters.count) }
    for (layer, places) in zip(0..<configuration.layers, Self.places) {
      let name = "encoder.layers.\(layer).self_attn"
      try change("\(name).q_proj.weight") { looking($0, at: places) }
      try change("\(name).k_proj.weight") { looking($0, at: nil) }
      for bias in ["q_proj.bias", "k_proj.bias"] {
        try change("\(name).\(bias)") { $0.map { _ in 0 } }
      }
    }
  }

  /// The place of a wave's sine among a position's elements; its cosine's is `F` further.
  private func sine(_ wave: Int, isAcross: Bool) -> Int {
    wave + (isAcross ? 2 * waves.count : 0)
  }

  /// `[P², D]`: for each patch the waves down the picture, sines and then cosines, and those across.
  private var positions: [Float] {
    (0..<patches * patches).flatMap { patch in
      [patch / patches, patch % patches].flatMap { place in
        let angles = waves.map { $0 * (Double(place) + 0.5) }
        return (angles.map { sin($0) } + angles.map { cos($0) })
          .map { Float(Self.amplitude * $0) }
      }
    }
  }

  /// `[D, 3, S, S]`: products of a cosine down and a cosine across, lowest first, each for grey and for
  /// two differences of colours, weighted so that all of them say something in an ordinary picture.
  /// There are 3·S² of them; a wider tower gets as many.
  private var filters: [Float] {
    let size = configuration.patchSize
    let orders = (0..<size * size).map { (down: $0 / size, across: $0 % size) }
      .sorted { one, other in
        let squares = [one, other].map { $0.down * $0.down + $0.across * $0.across }
        return (squares[0], one.down) < (squares[1], other.down)
      }
    let colors = [[1, 1, 1], [1, -1, 0], [1, 1, -2]].map { mix -> [Double] in
      let length = mix.reduce(0.0) { $0 + Double($1 * $1) }.squareRoot()
      return mix.map { Double($0) / length }
    }
    func wave(_ order: Int) -> [Double] {
      let values = (0..<size).map { cos(.pi * Double(order) * (Double($0) + 0.5) / Double(size)) }
      let length = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
      return values.map { $0 / length }
    }
    return (0..<min(configuration.width, 3 * orders.count)).flatMap { index -> [Float] in
      let (order, color) = (orders[index / 3], index % 3)
      // Flat colours differ by about two deviations from picture to picture, times the patch's edge;
      // other cosines are the weaker the higher they are.
      let height = Double(order.down * order.down + order.across * order.across).squareRoot()
      let strength = Double(size) * (height == 0 ? (color == 0 ? 2 : 0.4) : 0.2 / height + 0.03)
      let (down, across) = (wave(order.down), wave(order.across))
      return colors[color].flatMap { share in
        down.flatMap { y in
          across.map { x in Float(Self.amplitude * share * y * x / strength) }
        }
      }
    }
  }

  /// A query's or a key's weight, `[D, D]`, that compares positions: each head has some of the waves,
  /// and the queries' are turned by the way to where the head looks.
  ///
  /// - Parameters:
  ///   - old: random values, of which three tenths stay.
  ///   - places: where heads look; nil for keys.
  private func looking(_ old: [Float], at places: [(down: Int, right: Int)]?) -> [Float] {
    let (width, heads) = (configuration.width, configuration.heads)
    let headWidth = width / heads
    var weight = old.map { 0.3 * $0 }
    for head in 0..<heads {
      let place = places.map { $0[head % $0.count] } ?? (down: 0, right: 0)
      var row = head * headWidth
      for wave in stride(from: head, to: waves.count, by: heads) {
        for isAcross in [false, true] where row + 1 < (head + 1) * headWidth {
          let angle = waves[wave] * Double(isAcross ? place.right : place.down)
          let (turn, still) = (
            Float(Self.sharpness * sin(angle)), Float(Self.sharpness * cos(angle))
          )
          let (sine, cosine) = (
            sine(wave, isAcross: isAcross), sine(wave, isAcross: isAcross) + waves.count
          )
          // sin(a + b) = sin a cos b + cos a sin b, and cos(a + b) = cos a cos b − sin a sin b.
          weight[row * width + sine] += still
          weight[row * width + cosine] += turn
          weight[(row + 1) * width + cosine] += still
          weight[(row + 1) * width + sine] -= turn
          row += 2
        }
      }
    }
    return weight
  }
}
