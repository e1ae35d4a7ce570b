internal import Files
internal import NN
internal import Torch

extension AdapterWeights {
  /// SHA-256 of the tensors, 64 hexadecimal digits: the `hash` that ``AdapterFile`` reads from the
  /// file that diffusers' form is written to. Notes are no part of it.
  public func digest() throws -> String {
    let items = try diffusersContents().tensors.flatMap { file in
      try file.items.map { name, tensor in
        SafetensorsWriter.Item(name: name, tensor: try Self.stored(tensor, name, .float32))
      }
    }
    let bytes = try SafetensorsWriter.bytes(items, metadata: [:])
    let header = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    return Digest.sha256(bytes.dropFirst(8 + header))
  }
}
