package import Torch

/// How a tensor that no file holds starts out.
package enum Initialisation: Sendable {
  case zeros
  case ones
  /// Uniform between −bound and bound.
  case uniform(Double)
  /// Normal with mean 0.
  case normal(Double)

  /// torch's default for linear and convolutional layers: Kaiming-uniform with a = √5.
  package static func fanIn(_ count: Int) -> Initialisation {
    .uniform(1 / Double(max(count, 1)).squareRoot())
  }

  /// A tensor of `shape` that depends on the seed and the tensor's own name alone, not on the order
  /// of construction.
  package func tensor(_ shape: [Int], name: String, seed: UInt64) throws -> Tensor {
    let generator = try Self.generator(name, seed: seed)
    switch self {
    case .zeros: return try .zeros(shape)
    case .ones: return try .ones(shape)
    case .uniform(let bound): return try (generator.uniform(shape) * 2 - 1) * bound
    case .normal(let deviation): return try generator.normal(shape) * deviation
    }
  }

  /// The stream of random numbers whose address is `name` and `seed`.
  package static func generator(_ name: String, seed: UInt64) throws -> Generator {
    try Generator(seed: hash(name, seed))
  }

  /// FNV-1a over the seed's bytes and the name's.
  private static func hash(_ name: String, _ seed: UInt64) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in withUnsafeBytes(of: seed.littleEndian, Array.init) + Array(name.utf8) {
      hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
    }
    return hash ^ (hash >> 32)
  }
}
