internal import Files
internal import NN
package import Torch

/// An adapter as it was read from a file or a folder, and what the file says about it.
package struct AdapterFile {
  /// Where the scales come from.
  package enum AlphaOrigin: String, Sendable, Encodable {
    /// Tensors called `….alpha`.
    case tensors
    /// PEFT's `adapter_config.json`.
    case configuration
    /// What diffusers writes into the file's metadata.
    case metadata
    /// Nobody says, so every scale is 1.
    case absent
  }

  /// The path as it was given.
  package let path: String

  /// The adapter; factors are `F32` copies, in the shapes that the layers want.
  package let weights: AdapterWeights

  /// How the names are spelled.
  package let form: AdapterForm

  /// Where the scales come from.
  package let alphaOrigin: AlphaOrigin

  /// Layers whose form keeps α among the tensors, as kohya's does, and which have none: their scale
  /// is taken as 1.
  package let layersWithoutAlpha: Int

  /// The types of the stored factors, widest first.
  package let dtypes: [DType]

  /// What was left out with `allowsPartial`, a line each.
  package let leftOut: [String]

  /// The digest that A1111's web UI calls AutoV3: SHA-256 of a safetensors file's bytes behind its
  /// header, and of other files' whole bytes. Where PEFT's configuration says α, which files of
  /// tensors then do not, its bytes are digested too.
  package let hash: String

  /// Reads the adapter at `path`: a file or a folder of any form.
  ///
  /// - Parameters:
  ///   - names: the layers that it may name.
  ///   - allowsPartial: whether what fits is taken where not everything does.
  /// - Throws: ``AdapterFileError``, `CheckpointError`, `ConfigurationError` or `FileError`.
  package static func read(_ path: String, names: AdapterNames, allowsPartial: Bool = false) throws
    -> AdapterFile
  {
    var assembly = AdapterAssembly(path: path, names: names)
    var digested: [String] = []
    for part in try AdapterLocation(path).parts {
      let file = try CheckpointFile.open(part.path)
      let source = part.isOfPEFT(file.names) ? part.configuration : nil
      let configuration = try source.map { try AdapterConfiguration(ConfigurationFile($0)) }
      try assembly.add(file, configuration: configuration, component: part.component)
      digested += [part.path, source].compactMap(\.self)
    }
    return try assembly.finished(allowsPartial: allowsPartial, hash: hash(of: digested))
  }

  private static func hash(of paths: [String]) throws -> String {
    try Digest.sha256 { take in
      for path in paths {
        let file = try MappedFile(path)
        file.withUnsafeBytes { bytes in
          let length =
            bytes.count > 8
            ? Int(clamping: UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))) : 0
          let isSafetensors = bytes.count > 8 && bytes[8] == UInt8(ascii: "{")
          let start = isSafetensors ? min(length, bytes.count - 8) + 8 : 0
          take(UnsafeRawBufferPointer(rebasing: bytes[start...]))
        }
      }
    }
  }
}
