internal import CTorch
internal import Foundation

/// What this build of libtorch and this machine can do.
public enum Machine {
  /// libtorch's version, such as `2.13.0`.
  public static var torchVersion: String { String(cString: ctorch_version()) }

  /// The instruction set that libtorch's own kernels use here, such as `AVX512`.
  public static var cpuCapability: String { String(cString: ctorch_cpu_capability()) }

  /// Whether libtorch was built with oneDNN, whose packed kernels frozen layers use.
  public static var hasPackedKernels: Bool { ctorch_has_onednn() }

  /// Threads that an operation may use, at least 1: smaller numbers set 1.
  public static var threadCount: Int {
    get { Int(ctorch_thread_count()) }
    set {
      // Fails only below 1.
      _ = ctorch_set_thread_count(Int32(clamping: max(newValue, 1)))
    }
  }

  /// Loads the CUDA kernels that lie beside libtorch; nil when they are there, else why not.
  public static let cudaIsMissingBecause: String? = {
    var reason: UnsafePointer<CChar>?
    guard !ctorch_load_cuda(&reason) else { return nil }
    return reason.map { String(cString: $0) } ?? "the library did not load"
  }()

  /// CUDA devices that can be used.
  public static var cudaDeviceCount: Int {
    cudaIsMissingBecause == nil ? Int(ctorch_cuda_device_count()) : 0
  }

  /// Free and total bytes of a CUDA device's memory.
  public static func cudaMemory(_ index: Int) throws(TorchError) -> (free: Int, total: Int) {
    var (free, total): (UInt64, UInt64) = (0, 0)
    try check(ctorch_cuda_memory(Int32(index), &free, &total), "memory of cuda:\(index)")
    return (Int(free), Int(total))
  }

  /// Whether Apple's GPU can be used.
  public static var hasMPS: Bool { ctorch_has_mps() }

  /// Waits until everything asked of `device` is done.
  public static func synchronize(_ device: Device) throws(TorchError) {
    try check(ctorch_synchronize(device.code), "synchronize \(device)")
  }

  /// Gives memory that is cached but unused back to `device`.
  public static func emptyCache(_ device: Device) throws(TorchError) {
    try check(ctorch_empty_cache(device.code), "empty cache of \(device)")
  }

  /// Whether bf16 products run faster than fp32 ones on this processor: it has AVX512-BF16 or AMX,
  /// and neither oneDNN nor libtorch was told to leave them alone.
  public static let hasFastBFloat16: Bool = {
    let environment = ProcessInfo.processInfo.environment
    let flags = Set(["avx512_bf16", "amx_bf16"])
    guard !cpuFlags.isDisjoint(with: flags), hasPackedKernels else { return false }
    guard environment["ATEN_CPU_CAPABILITY"].map({ $0.lowercased() == "avx512" }) ?? true else {
      return false
    }
    let limit = environment["ONEDNN_MAX_CPU_ISA"] ?? environment["DNNL_MAX_CPU_ISA"]
    return limit.map { !isaWithoutBFloat16.contains($0.uppercased()) } ?? true
  }()

  /// The processor's name.
  public static let cpuName: String = cpuInfo("model name") ?? "unknown processor"

  private static let cpuFlags = Set(
    (cpuInfo("flags") ?? "").split(separator: " ").map(String.init))

  private static let isaWithoutBFloat16: Set<String> = [
    "SSE41", "AVX", "AVX2", "AVX2_VNNI", "AVX2_VNNI_2", "AVX512_CORE", "AVX512_CORE_VNNI",
  ]

  private static func cpuInfo(_ key: String) -> String? {
    guard let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8) else {
      return nil
    }
    for line in text.split(separator: "\n") where line.hasPrefix(key) {
      return line.split(separator: ":", maxSplits: 1).last?.trimmingCharacters(in: .whitespaces)
    }
    return nil
  }
}
