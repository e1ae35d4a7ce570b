package import Diffusion
internal import Foundation
internal import NN
package import Torch

/// The smallest model that everything runs on: SD-1.5's format with a few channels and a vocabulary
/// of letters.
package enum TinyModel {
  /// Its diffusers folder, among the fixtures of the command's tests.
  package static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "raft-diffuseTests/Fixtures/model").path

  /// The model, loaded anew.
  package static func load(_ dtype: DType = .float32) throws -> StableDiffusion {
    try StableDiffusion(.folder(folder), placement: Placement(dtype: dtype))
  }
}
