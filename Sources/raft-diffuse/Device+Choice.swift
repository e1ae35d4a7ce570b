internal import Torch

extension Device {
  /// What `--device auto` means: the best there is.
  static var automatic: Device {
    if Machine.cudaDeviceCount > 0 { return .cuda(0) }
    return Machine.hasMPS ? .mps : .cpu
  }

  /// The device itself.
  ///
  /// - Throws: `TorchError.noDevice` where this machine does not have it.
  func checked() throws -> Device {
    switch self {
    case .cpu: break
    case .cuda(let index):
      guard index < Machine.cudaDeviceCount else {
        let reason =
          Machine.cudaIsMissingBecause.map { "this libtorch has no CUDA kernels (\($0))" }
          ?? "\(Machine.cudaDeviceCount) CUDA devices were found"
        throw TorchError.noDevice(self, reason: reason)
      }
    case .mps:
      guard Machine.hasMPS else {
        throw TorchError.noDevice(self, reason: "this is not a Mac with an Apple GPU")
      }
    }
    return self
  }
}
