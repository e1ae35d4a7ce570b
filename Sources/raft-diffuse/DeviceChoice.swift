internal import ArgumentParser
internal import Torch

/// What `--device` and `--threads` ask for.
enum DeviceChoice {
  /// Refuses a device that there can be none of, and numbers of threads that make no sense.
  static func check(device: String, threads: Int?) throws {
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads must lie in 1…1024.")
    }
    guard device != "auto" else { return }
    do {
      _ = try Device(parsing: device)
    } catch {
      throw ValidationError("\(error)")
    }
  }

  /// The device that was asked for, or the best there is.
  static func chosen(_ device: String) throws -> Device {
    device == "auto" ? .automatic : try Device(parsing: device).checked()
  }
}
