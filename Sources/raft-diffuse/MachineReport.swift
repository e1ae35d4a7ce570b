internal import Diffusion
internal import Files
internal import Foundation
internal import Tokenization
internal import Torch

/// What this machine has and what this build makes of it.
struct MachineReport: Encodable {
  let version = RaftDiffuse.version
  let torch = Machine.torchVersion

  /// The file of libtorch that runs here; nil where the system does not tell.
  let torchFile = Self.loadedFile("libtorch_cpu")
  let processor = Machine.cpuName
  let instructionSet = Machine.cpuCapability
  let threads = Machine.threadCount
  let hasFastBFloat16 = Machine.hasFastBFloat16

  /// What `--device auto --precision auto` computes in.
  let automaticPrecision: String
  let automaticDevice: String
  let hasPackedKernels = Machine.hasPackedKernels
  let cuda: [CUDADevice]
  let cudaIsMissingBecause = Machine.cudaIsMissingBecause
  let hasMPS = Machine.hasMPS
  let availableMemory = Machine.availableMemory
  let controlGroupLimit = Machine.controlGroupLimit

  /// CLIP's published vocabulary, which single-file checkpoints need.
  let vocabulary: String?
  let vocabularyPlaces = CLIPTokenizer.installedPlaces
  let hubCache: String
  let hubCacheExists: Bool

  struct CUDADevice: Encodable {
    let name: String
    let freeMemory: Int?
    let totalMemory: Int?

    enum CodingKeys: String, CodingKey {
      case name
      case freeMemory = "free_memory"
      case totalMemory = "total_memory"
    }
  }

  init() {
    cuda = (0..<Machine.cudaDeviceCount).map { index in
      let memory = try? Machine.cudaMemory(index)
      return CUDADevice(
        name: "cuda:\(index)", freeMemory: memory?.free, totalMemory: memory?.total)
    }
    let device = Device.automatic
    automaticDevice = device.description
    automaticPrecision = Precision.automatic.placement(on: device).precisionName
    vocabulary = InstalledFiles.first(of: vocabularyPlaces)
    hubCache = HubCache(environment: ProcessInfo.processInfo.environment).folder
    hubCacheExists = FileManager.default.fileExists(atPath: hubCache)
  }

  enum CodingKeys: String, CodingKey {
    case version, torch, processor, threads, cuda, vocabulary
    case torchFile = "torch_file"
    case instructionSet = "instruction_set"
    case hasFastBFloat16 = "fast_bf16"
    case automaticPrecision = "automatic_precision"
    case automaticDevice = "automatic_device"
    case hasPackedKernels = "packed_kernels"
    case cudaIsMissingBecause = "cuda_is_missing_because"
    case hasMPS = "mps"
    case availableMemory = "available_memory_bytes"
    case controlGroupLimit = "control_group_limit_bytes"
    case vocabularyPlaces = "vocabulary_places"
    case hubCache = "hub_cache"
    case hubCacheExists = "hub_cache_exists"
  }

  /// The report for people.
  var text: String {
    let lines = [
      ("raft-diffuse", version),
      ("libtorch", torch + (torchFile.map { " in \($0)" } ?? "")),
      ("processor", processor),
      ("instruction set", "\(instructionSet), \(threads) threads"),
      ("bf16", hasFastBFloat16 ? "fast" : "slow: no AVX512-BF16 or AMX, or switched off"),
      (
        "packed kernels",
        hasPackedKernels ? "yes (oneDNN)" : "no: libtorch was built without oneDNN"
      ),
      ("CUDA", cudaText),
      ("MPS", hasMPS ? "yes" : "no"),
      ("auto means", "--device \(automaticDevice) --precision \(automaticPrecision)"),
      ("free memory", availableMemory.map(Self.size) ?? "unknown"),
      ("control group", controlGroupLimit.map { "at most \(Self.size($0))" } ?? "no limit"),
      (
        "CLIP vocabulary",
        vocabulary ?? "not found, single-file models need --tokenizer; run scripts/setup"
      ),
      ("Hugging Face", hubCache + (hubCacheExists ? "" : " (not there)")),
    ]
    return lines.map { Self.line($0, $1) }.joined(separator: "\n")
  }

  private var cudaText: String {
    if let cudaIsMissingBecause { return "no: \(cudaIsMissingBecause)" }
    guard !cuda.isEmpty else { return "no device" }
    return cuda.map { device in
      guard let free = device.freeMemory, let total = device.totalMemory else { return device.name }
      return "\(device.name), \(Self.size(free)) of \(Self.size(total)) free"
    }.joined(separator: "; ")
  }

  /// A title and what it is about, the second column aligned.
  static func line(_ title: String, _ text: String) -> String {
    title.padding(toLength: 17, withPad: " ", startingAt: 0) + text
  }

  /// Bytes for people.
  static func size(_ bytes: Int) -> String {
    bytes >= 1 << 30
      ? String(format: "%.1f GiB", Double(bytes) / Double(1 << 30))
      : String(format: "%.1f MiB", Double(bytes) / Double(1 << 20))
  }

  /// The file that the library called `name` was loaded from.
  private static func loadedFile(_ name: String) -> String? {
    guard let maps = try? String(contentsOfFile: "/proc/self/maps", encoding: .utf8) else {
      return nil
    }
    let line = maps.split(separator: "\n").first { $0.contains("/\(name).") }
    return line.flatMap { line in
      line.firstIndex(of: "/").map { String(line[$0...]) }
    }
  }
}
