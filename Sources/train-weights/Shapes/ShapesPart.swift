internal import ArgumentParser

/// What the small model is made in, one part after the other: each needs those before it.
enum ShapesPart: String, CaseIterable, ExpressibleByArgument {
  case autoencoder, latents
  case textTower = "text-tower"
  case dualEncoder = "dual-encoder"
  case aestheticHead = "aesthetic-head"
  case denoiser, export
}
