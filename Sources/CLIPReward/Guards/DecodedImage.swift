internal import Foundation
internal import Imaging

/// An image that is decoded at most once, when it is first asked for.
final class DecodedImage: Sendable {
  private let lock = NSLock()
  private let decode: @Sendable () throws -> RGBImage

  // Only touched while the lock is held.
  nonisolated(unsafe) private var result: Result<RGBImage, any Error>?

  init(_ decode: @escaping @Sendable () throws -> RGBImage) {
    self.decode = decode
  }

  /// The image, or the error of the first attempt.
  func image() throws -> RGBImage {
    lock.lock()
    defer { lock.unlock() }
    let result = result ?? Result(catching: decode)
    self.result = result
    return try result.get()
  }
}
