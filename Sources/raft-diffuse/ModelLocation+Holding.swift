internal import Diffusion
internal import Foundation

extension ModelLocation {
  /// Whether `path`, there or not, is the model itself or lies in its folder, also by way of
  /// symbolic links.
  func holds(_ path: String) -> Bool {
    let (target, source) = (Self.real(path), Self.real(self.path))
    return target == source || target.hasPrefix(source + "/")
  }

  private static func real(_ path: String) -> String {
    URL(fileURLWithPath: path).standardizedFileURL.resolvingSymlinksInPath().path
  }
}
