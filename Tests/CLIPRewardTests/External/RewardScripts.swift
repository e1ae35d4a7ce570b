import CLIPReward
import Foundation
import Imaging

/// Reward programs that tests write, in a folder of their own.
final class RewardScripts {
  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit {
    do { try FileManager.default.removeItem(at: folder) } catch {}
  }

  func path(_ name: String) -> String { folder.appending(path: name).path }

  /// A shell script; `$DIR` is the folder.
  func shell(_ body: String, name: String = "reward.sh") throws -> String {
    let text = "#!/bin/sh\nDIR='\(folder.path)'\n\(body)\n"
    try Data(text.utf8).write(to: folder.appending(path: name))
    return "sh \(path(name))"
  }

  /// A Python script, with json, sys, os and time; `DIR` is the folder.
  func python(_ body: String, name: String = "reward.py") throws -> String {
    let text = "import json, os, sys, time\nDIR = '\(folder.path)'\n\(body)\n"
    try Data(text.utf8).write(to: folder.appending(path: name))
    return "python3 \(path(name))"
  }

  /// The number in a file that a script wrote.
  func number(_ name: String) throws -> Int32? {
    let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
    return Int32(text.trimmingCharacters(in: .whitespacesAndNewlines))
  }
}

/// A reward of a program, with short times.
func programReward(
  _ line: String, timeout: Double = 20, retries: Int = 0, batch: Int = 16,
  images: ExternalRewardOptions.ImageForm = .automatic,
  change: (inout ExternalRewardOptions) -> Void = { _ in }
) throws -> ExternalReward {
  try ExternalReward(
    command: line, environment: ProcessInfo.processInfo.environment,
    options: shortOptions(
      timeout: timeout, retries: retries, batch: batch, images: images, change: change))
}

/// Options with short times.
func shortOptions(
  timeout: Double = 20, retries: Int = 0, batch: Int = 16,
  images: ExternalRewardOptions.ImageForm = .automatic,
  change: (inout ExternalRewardOptions) -> Void = { _ in }
) -> ExternalRewardOptions {
  var options = ExternalRewardOptions()
  (options.timeout, options.retries, options.batch) = (timeout, retries, batch)
  (options.images, options.backoff) = (images, 0)
  change(&options)
  return options
}

/// Images of which the k-th has k in every red sample, under the prompt `image k`.
func images(_ count: Int, side: Int = 2) -> [RewardInput] {
  (0..<count).map { index in
    let image = RGBImage(
      width: side, height: side, filledWith: .init(UInt8(index % 256), 100, 200))
    return RewardInput(
      image, name: "\(index).png", prompt: "image \(index)", metadata: ["seed": "\(index)"])
  }
}

extension RewardOutcome {
  /// Why there is no score, in words.
  var reason: String? { exclusion?.description }
}

/// Whether a process of that number is there, a zombie included.
func isThere(_ process: Int32) -> Bool { kill(process, 0) == 0 }
