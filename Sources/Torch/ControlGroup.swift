internal import Foundation

/// The control groups that limit this process's memory, from its own up to the root.
package struct ControlGroup: Sendable {
  /// What one group allows and uses, in bytes.
  private struct Level: Sendable {
    let limit: Int
    let rest: Int
  }

  private let levels: [Level]

  /// Reads the groups that this process is in.
  package init() {
    self.init(
      mount: "/sys/fs/cgroup", membership: Self.text("/proc/self/cgroup") ?? "")
  }

  /// - Parameters:
  ///   - mount: where the groups' files are.
  ///   - membership: what `/proc/self/cgroup` says; version 2 where it has a line `0::/…` and files
  ///     to match, else 1.
  package init(mount: String, membership: String) {
    let lines = membership.split(separator: "\n").map {
      $0.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
    }
    let second = lines.first { $0.count == 3 && $0[0] == "0" && $0[1].isEmpty }?[2] ?? "/"
    let first =
      lines.first { $0.count == 3 && $0[1].split(separator: ",").contains("memory") }?[2] ?? "/"
    let modern = Self.folders(second, below: mount).compactMap {
      Self.level(
        limit: "\($0)/memory.max", use: "\($0)/memory.current",
        statistics: "\($0)/memory.stat", cache: "inactive_file")
    }
    levels =
      modern.isEmpty
      ? Self.folders(first, below: mount + "/memory").compactMap {
        Self.level(
          limit: "\($0)/memory.limit_in_bytes", use: "\($0)/memory.usage_in_bytes",
          statistics: "\($0)/memory.stat", cache: "total_inactive_file")
      } : modern
  }

  /// The most bytes that the processes of a group may hold together; nil where none is set.
  package var limit: Int? { levels.map(\.limit).min() }

  /// Bytes that are left below the limit; nil where none is set.
  package var rest: Int? { levels.map(\.rest).min() }

  /// `path` and the folders above it up to `mount`. In a container the path may be one of the
  /// host's, which is not there.
  private static func folders(_ path: String, below mount: String) -> [String] {
    let parts = path.split(separator: "/").map(String.init)
    return (0...parts.count).reversed().map { count in
      ([mount] + parts.prefix(count)).joined(separator: "/")
    }
  }

  /// Nil where the folder is not there or sets no limit: "max", or an absurd number.
  private static func level(limit: String, use: String, statistics: String, cache: String)
    -> Level?
  {
    guard let limit = number(limit), limit < 1 << 50, let used = number(use) else { return nil }
    // Pages of files that nobody reads just now count as used, but the system takes them back
    // first.
    let cached = value(of: cache, in: text(statistics) ?? "") ?? 0
    return Level(limit: limit, rest: max(limit - max(used - cached, 0), 0))
  }

  private static func value(of key: String, in table: String) -> Int? {
    for line in table.split(separator: "\n") where line.hasPrefix(key + " ") {
      return Int(line.dropFirst(key.count + 1))
    }
    return nil
  }

  private static func number(_ file: String) -> Int? {
    text(file).flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
  }

  // What is not there sets no limit.
  private static func text(_ file: String) -> String? {
    try? String(contentsOfFile: file, encoding: .utf8)
  }
}
