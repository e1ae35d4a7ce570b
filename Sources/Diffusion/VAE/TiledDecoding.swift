internal import Torch

/// Decodes large latents in overlapping tiles and blends the overlaps linearly, so that memory
/// stays that of one tile.
///
/// Tile sizes and blending are those of diffusers' `enable_tiling`: a tile is the size the VAE was
/// trained at, a quarter of it overlaps.
struct TiledDecoding {
  private let tile: Int
  private let step: Int
  private let blend: Int
  private let kept: Int

  init(_ configuration: VAEConfiguration) {
    let overlap = 0.25
    let pixels = configuration.sampleSize
    tile = max(pixels / configuration.scale, 1)
    step = max(Int(Double(tile) * (1 - overlap)), 1)
    blend = Int(Double(pixels) * overlap)
    kept = pixels - blend
  }

  /// - Parameters:
  ///   - latents: `[B, 4, H, W]`.
  ///   - decode: decodes one tile.
  /// - Returns: `[B, 3, 8H, 8W]`.
  func decode(_ latents: Tensor, _ decode: (Tensor) throws -> Tensor) throws -> Tensor {
    let (height, width) = (latents.shape[2], latents.shape[3])
    var above: [Tensor] = []
    var rows: [Tensor] = []
    for top in stride(from: 0, to: height, by: step) {
      let band = try latents.narrowed(2, top..<min(top + tile, height))
      var tiles: [Tensor] = []
      for left in stride(from: 0, to: width, by: step) {
        tiles.append(try decode(band.narrowed(3, left..<min(left + tile, width))))
      }
      for i in tiles.indices {
        if !above.isEmpty { tiles[i] = try blended(above[i], tiles[i], along: 2) }
        if i > 0 { tiles[i] = try blended(tiles[i - 1], tiles[i], along: 3) }
      }
      let parts = try tiles.map { tile in
        try tile.narrowed(2, 0..<min(kept, tile.shape[2]))
          .narrowed(3, 0..<min(kept, tile.shape[3]))
      }
      rows.append(try Tensor.concatenated(parts, along: 3))
      above = tiles
    }
    return try Tensor.concatenated(rows, along: 2)
  }

  /// `b`, whose first rows or columns fade in from `a`'s last ones.
  private func blended(_ a: Tensor, _ b: Tensor, along dimension: Int) throws -> Tensor {
    let (before, size) = (a.shape[dimension], b.shape[dimension])
    let extent = min(before, size, blend)
    guard extent > 0 else { return b }
    let share = try Tensor.arange(0..<extent, device: b.device).to(.float32) / Double(extent)
    let weight = try share.reshaped(dimension == 2 ? [extent, 1] : [extent])
    let fading = try a.narrowed(dimension, before - extent..<before) * (1 - weight)
    let faded = try b.narrowed(dimension, 0..<extent) * weight + fading
    guard extent < size else { return faded }
    return try Tensor.concatenated(
      [faded, b.narrowed(dimension, extent..<size)], along: dimension)
  }
}
