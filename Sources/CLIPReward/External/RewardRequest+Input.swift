internal import Files
internal import Foundation
internal import Imaging

extension RewardRequest {
  /// The request about `input`.
  ///
  /// - Parameter sharesFiles: whether the reward sees the same files as we do.
  /// - Throws: what is wrong with the image.
  init(_ input: RewardInput, id: String, form: ExternalRewardOptions.ImageForm, sharesFiles: Bool)
    throws
  {
    self.init(
      id: id, prompt: input.prompt,
      image: try Self.image(of: input, form: form, sharesFiles: sharesFiles),
      meta: input.metadata)
  }

  private static func image(
    of input: RewardInput, form: ExternalRewardOptions.ImageForm, sharesFiles: Bool
  ) throws -> Image {
    switch (form, input.path) {
    case (.path, let path?): return .path(absolute(path))
    case (.automatic, let path?) where sharesFiles: return .path(absolute(path))
    case (.path, nil):
      throw ServiceFailure(
        reason: "the image is in no file, and the reward takes images by path only", mayPass: false)
    case (_, let path): return .png(base64: try base64(of: input, path))
    }
  }

  /// A PNG file goes as it is, so that a reward sees the same by path and in base64.
  private static func base64(of input: RewardInput, _ path: String?) throws -> String {
    if let path {
      let bytes = try ImageFile.bytes(of: path)
      // The score is kept under the digest, so it must be that of these bytes.
      guard Digest.sha256(bytes) == input.digest else {
        throw FileError.unreadable(path, reason: "it has changed meanwhile; score it again")
      }
      if ImageFile.format(of: bytes) == .png { return Data(bytes).base64EncodedString() }
    }
    return Data(try PNG.encode(try input.image(), level: 1)).base64EncodedString()
  }

  private static func absolute(_ path: String) -> String {
    path.hasPrefix("/") ? path : "\(FileManager.default.currentDirectoryPath)/\(path)"
  }
}
