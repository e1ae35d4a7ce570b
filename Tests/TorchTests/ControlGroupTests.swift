import Foundation
import TestSupport
import Testing
import Torch

/// Memory limits, read from folders laid out as the system's.
struct ControlGroupTests {
  /// The group that `files` and `/proc/self/cgroup`'s `membership` describe.
  private func group(_ membership: String, _ files: [String: String]) throws -> ControlGroup {
    try withTemporaryFolder { folder in
      for (name, text) in files {
        let file = URL(fileURLWithPath: "\(folder)/\(name)")
        try FileManager.default.createDirectory(
          at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data((text + "\n").utf8).write(to: file)
      }
      return ControlGroup(mount: folder, membership: membership)
    }
  }

  @Test("cached files do not count as used, in both versions")
  func cache() throws {
    let second = try group(
      "0::/\n",
      [
        "memory.max": "1000", "memory.current": "900",
        "memory.stat": "anon 5\nfile 700\ninactive_file 600\nactive_file 100",
      ])
    #expect(second.limit == 1000 && second.rest == 700)
    let first = try group(
      "5:cpu,memory:/\n",
      [
        "memory/memory.limit_in_bytes": "1000", "memory/memory.usage_in_bytes": "900",
        "memory/memory.stat": "inactive_file 1\ntotal_inactive_file 600",
      ])
    #expect(first.limit == 1000 && first.rest == 700)
  }

  @Test("the process's own group and those above it count, whichever is tighter")
  func nested() throws {
    let group = try group(
      "0::/user/job\n",
      [
        "user/job/memory.max": "500", "user/job/memory.current": "100",
        "user/memory.max": "800", "user/memory.current": "790",
        "other/memory.max": "1", "other/memory.current": "1",
      ])
    #expect(group.limit == 500 && group.rest == 10)
  }

  @Test("a path that only the host has leaves the groups that are there")
  func container() throws {
    let group = try group(
      "9:memory:/docker/abc\n0::/docker/abc\n",
      ["memory.max": "300", "memory.current": "400"])
    #expect(group.limit == 300 && group.rest == 0)
  }

  @Test("no limit is none", arguments: ["max", "9223372036854771712", ""])
  func unlimited(_ limit: String) throws {
    let group = try group("0::/\n", ["memory.max": limit, "memory.current": "400"])
    #expect(group.limit == nil && group.rest == nil)
  }
}
