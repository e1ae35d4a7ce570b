/// How an external reward is asked, and how long it may take.
public struct ExternalRewardOptions: Sendable {
  /// How images are handed over.
  public enum ImageForm: String, Sendable, CaseIterable {
    /// By path where there is a file that the reward can see, else the image itself.
    case automatic = "auto"
    /// By path; an image without a file is excluded.
    case path
    /// The image itself, as a PNG in base64.
    case base64
  }

  /// Images a batch, at least 1.
  public var batch = 16

  /// Seconds that a batch may take, the reward's start included.
  public var timeout = 120.0

  /// How often what failed in a way that may pass is tried again, a batch.
  public var retries = 2

  /// Seconds before the first retry; each further one waits twice as long, 30 at most.
  public var backoff = 0.5

  /// How images are handed over.
  public var images = ImageForm.automatic

  /// Where the standard error of a reward program goes, piece by piece as it comes.
  public var errorOutput: @Sendable ([UInt8]) -> Void = { _ in }

  /// Asked every tenth of a second: true ends the reward, and with it the call.
  public var shouldStop: @Sendable () -> Bool = { false }

  /// The defaults.
  public init() {}

  /// Waits before retry number `retry`, counted from 0.
  ///
  /// - Throws: ``ExternalRewardError/stopped``.
  func wait(beforeRetry retry: Int) throws {
    let seconds = min(backoff * Double(1 << min(retry, 16)), 30)
    let end = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < end {
      try checkForStop()
      Nap.take(min(end - .now, .milliseconds(100)))
    }
    try checkForStop()
  }

  /// Ends the call where it was asked to stop.
  func checkForStop() throws {
    if shouldStop() { throw ExternalRewardError.stopped }
  }
}
