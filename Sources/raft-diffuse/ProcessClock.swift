internal import Foundation

/// Time since this process began: the loading of its libraries counts, which no clock of its own
/// sees.
enum ProcessClock {
  /// Seconds since the process was started, to the system's tick (10 ms); nil where the system does
  /// not tell.
  static var seconds: Double? {
    #if os(Linux)
      guard let text = try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8),
        let name = text.lastIndex(of: ")")
      else { return nil }
      // proc(5): starttime is field 22; the name, which may hold anything, is field 2.
      let fields = text[text.index(after: name)...].split(separator: " ")
      guard fields.count > 19, let start = Double(fields[19]) else { return nil }
      var now = timespec()
      guard clock_gettime(CLOCK_BOOTTIME, &now) == 0 else { return nil }
      let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
      let elapsed = Double(now.tv_sec) + Double(now.tv_nsec) * 1e-9 - start / ticks
      return elapsed >= 0 ? elapsed : nil
    #else
      return nil
    #endif
  }
}
