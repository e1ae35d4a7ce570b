public import ArgumentParser
public import CLIPReward
internal import Foundation

/// How rewards that other programs compute are asked.
struct ExternalOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Seconds that a batch of command: and http: may take.", valueName: "seconds"))
  var rewardTimeout = 120.0

  @Option(help: ArgumentHelp("How often a failed batch of them is tried again.", valueName: "n"))
  var rewardRetries = 2

  @Option(help: ArgumentHelp("Images in a batch of them.", valueName: "n"))
  var rewardBatch = 16

  @Option(
    help: ArgumentHelp(
      "How they get images: path, base64, or auto (by path where they see the file).",
      valueName: "form"))
  var rewardImages: ExternalRewardOptions.ImageForm = .automatic

  func validate() throws {
    guard rewardTimeout > 0, rewardTimeout <= 1e6 else {
      throw ValidationError("--reward-timeout must be above 0.")
    }
    guard (0...100).contains(rewardRetries) else {
      throw ValidationError("--reward-retries must lie in 0…100.")
    }
    guard (1...4096).contains(rewardBatch) else {
      throw ValidationError("--reward-batch must lie in 1…4096.")
    }
  }

  /// The same for the library.
  ///
  /// - Parameter isQuiet: whether what programs say on standard error is not passed on; failures
  ///   quote its end all the same.
  func options(isQuiet: Bool) -> ExternalRewardOptions {
    var options = ExternalRewardOptions()
    options.timeout = rewardTimeout
    options.retries = rewardRetries
    options.batch = rewardBatch
    options.images = rewardImages
    if !isQuiet {
      options.errorOutput = { bytes in
        // Where nobody can be told, nobody is.
        try? FileHandle.standardError.write(contentsOf: Data(bytes))
      }
    }
    options.shouldStop = { Interruption.isRequested }
    return options
  }
}

extension ExternalRewardOptions.ImageForm: ExpressibleByArgument {}
