internal import Files
internal import NN
package import Torch

/// An adapter as it was read from a file or a folder, and what the file says about it.
package struct AdapterFile {
  /// Where the scales come from.
  package enum AlphaOrigin: String, Sendable {
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

  /// The types of the stored factors, widest first.
  package let dtypes: [DType]

  /// What was left out with `allowsPartial`, a line each.
  package let leftOut: [String]

  /// The digest that A1111's web UI calls AutoV3: SHA-256 of a safetensors file's bytes behind its
  /// header, and of other files' whole bytes.
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
    let location = try AdapterLocation(path)
    for part in location.parts {
      let file = try CheckpointFile.open(part.path)
      let configuration = try part.configuration.map { path in
        try AdapterConfiguration(ConfigurationFile(path))
      }
      try assembly.add(file, configuration: configuration, component: part.component)
    }
    return try assembly.finished(
      allowsPartial: allowsPartial, hash: hash(of: location.parts.map(\.path)))
  }

  fileprivate init(
    path: String, weights: AdapterWeights, form: AdapterForm, alphaOrigin: AlphaOrigin,
    dtypes: [DType], leftOut: [String], hash: String
  ) {
    self.path = path
    self.weights = weights
    self.form = form
    self.alphaOrigin = alphaOrigin
    self.dtypes = dtypes
    self.leftOut = leftOut
    self.hash = hash
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

extension AdapterAssembly {
  /// The adapter that the tensors make up.
  mutating func finished(allowsPartial: Bool, hash: String) throws -> AdapterFile {
    let built = try build()
    let leftOut =
      AdapterFileError.section("tensors that no layer takes", unused)
      + AdapterFileError.section("layers that lack factors", built.incomplete)
      + AdapterFileError.section("layers of another shape", built.wrong)
    if built.layers.isEmpty || !(leftOut.isEmpty || allowsPartial) {
      throw failure(built)
    }
    return AdapterFile(
      path: path, weights: AdapterWeights(layers: built.layers, metadata: metadata), form: form,
      alphaOrigin: alphaOrigin, dtypes: built.dtypes, leftOut: leftOut, hash: hash)
  }
}
