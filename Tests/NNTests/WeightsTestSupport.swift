import Foundation
import NN
import Torch

/// A cursor over `tensors`, stored as safetensors; messages call the checkpoint "x.safetensors".
func weights(_ tensors: [String: Tensor], placement: Placement = Placement()) throws -> Weights {
  try withTemporaryFolder { folder in
    let path = "\(folder)/x.safetensors"
    try SafetensorsWriter.write(
      tensors.map { SafetensorsWriter.Item(name: $0.key, tensor: $0.value) }, to: path)
    // The mapping outlives the file's name.
    return Weights(
      try CheckpointFile.open(path).entries, source: "x.safetensors", placement: placement)
  }
}

/// Random tensors of these shapes, scaled by `scale`.
func draws(_ shapes: [String: [Int]], seed: UInt64 = 1, scale: Double = 1) throws -> [String:
  Tensor]
{
  let generator = try Generator(seed: seed)
  return try Dictionary(
    uniqueKeysWithValues: shapes.sorted { $0.key < $1.key }.map { name, shape in
      (name, try generator.normal(shape) * scale)
    })
}
