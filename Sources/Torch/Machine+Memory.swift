internal import Foundation

extension Machine {
  /// Bytes of main memory that this process may still take: what the system has left, or less where
  /// a control group limits it; nil where neither can be read.
  public static var availableMemory: Int? {
    let system = meminfo("MemAvailable")
    let group = ControlGroup().rest
    guard let system else { return group }
    return group.map { min($0, system) } ?? system
  }

  /// Bytes of main memory that a control group lets this process and its like take together; nil
  /// where none does.
  package static var controlGroupLimit: Int? {
    ControlGroup().limit
  }

  /// The most memory that this process has held at once, in bytes; nil where it cannot be read.
  public static var peakMemory: Int? {
    kilobytes("VmHWM", in: "/proc/self/status")
  }

  private static func meminfo(_ key: String) -> Int? { kilobytes(key, in: "/proc/meminfo") }

  private static func kilobytes(_ key: String, in file: String) -> Int? {
    guard let text = try? String(contentsOfFile: file, encoding: .utf8) else { return nil }
    for line in text.split(separator: "\n") where line.hasPrefix(key + ":") {
      return line.split(separator: " ").compactMap { Int($0) }.first.map { $0 * 1024 }
    }
    return nil
  }
}
