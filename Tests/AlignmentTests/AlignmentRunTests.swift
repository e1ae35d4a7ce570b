import Alignment
import Files
import Foundation
import Imaging
import RAFT
import Recipes
import Reporting
import RunStore
import TestSupport
import Testing

@Suite("A whole run")
struct AlignmentRunTests {
  @Test("the same seed and settings leave the same bytes and the same ledger twice")
  func twice() throws {
    try withTemporaryFolder { folder in
      for name in ["a", "b"] { try Session("\(folder)/\(name)/run").finish() }
      let (one, other) = try (Remains("\(folder)/a/run"), Remains("\(folder)/b/run"))
      #expect(one.differences(from: other) == [])
      #expect(one.parts["checkpoints/002/pytorch_lora_weights.safetensors"] != nil)
    }
  }

  @Test("a run leaves its folder as promised, and the control arm a folder like it")
  func folder() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/run"
      let summary = try Session(path).finish()
      let files = Set(try Remains(path).parts.keys)
      for run in ["", "control/"] {
        let name = run.isEmpty ? "run" : "control"
        for round in ["001", "002"] {
          for file in [
            "pytorch_lora_weights.safetensors", "\(name)-kohya.safetensors",
            "optimizer.safetensors", "state.json",
          ] { #expect(files.contains("\(run)checkpoints/\(round)/\(file)")) }
          #expect(files.contains("\(run)rounds/\(round)/grid.png"))
          for (prompt, index) in [(0, 0), (2, 2)] {
            #expect(files.contains("\(run)rounds/\(round)/images/00\(prompt)-0\(index).png"))
          }
          #expect(files.contains("\(run)dev/\(round)/images/001-01.png"))
        }
        #expect(files.contains("\(run)dev/000/images/000-00.png"))
        #expect(files.contains("\(run)test/000/images/001-01.png"))
        #expect(files.contains("\(run)recipe.yaml") && files.contains("\(run)metrics.jsonl"))
      }
      for file in ["test.json", "test/000/grid.png", "dev/000/grid.png"] {
        #expect(files.contains(file))
      }
      let best = try #require(summary.bestRound)
      let link = try best > 0 ? Remains(path).parts["best"] : "checkpoints/00\(best)"
      #expect(link == "checkpoints/00\(best)")
      for name in ["report.html", "timings.json"] {
        #expect(FileManager.default.fileExists(atPath: "\(path)/\(name)"))
      }
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: path)
          .count { $0.hasPrefix("events.out.tfevents.") } == 1)

      let text = String(
        decoding: try WholeFile.bytes(of: "\(path)/metrics.jsonl", limit: 1 << 20), as: UTF8.self)
      let lines = try text.split(separator: "\n").map { line in
        try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      }
      #expect(lines.map { $0["round"] as? Int } == [0, 1, 2])
      #expect(lines[0]["dev_reward"] is Double && lines[0]["reward_mean"] == nil)
      for name in [
        "reward_mean", "reward_best", "reward_selected", "reward_spread", "gain_predicted",
        "dev_reward", "dev_reward_error", "drift", "loss", "brightness",
      ] { #expect(lines[2][name] is Double, "\(name)") }
      #expect(lines[2]["samples"] as? Double == 9 && lines[2]["selected"] as? Double == 3)
    }
  }

  @Test("no image is made twice, and the control arm begins with the run's own")
  func donor() throws {
    try withTemporaryFolder { folder in
      var session = Session("\(folder)/run")
      var made: [SampleFacts] = []
      session.made = { made.append($0) }
      try session.finish()
      // The base's dev and samples; of each arm dev after two rounds and the samples between them;
      // the test of base, best and control.
      #expect(made.count == 4 + 9 + 2 * (4 + 9 + 4) + 3 * 4)
      let plan = RunPlan(session.recipe, collecting: 2, evaluating: 2, adapterBytes: 0)
      #expect(plan.trainingSamples + plan.evaluationImages == made.count)
      #expect(Set(made.map { "\($0)" }).count == made.count)
      let remains = try Remains(session.folder)
      let first = remains.parts.filter { $0.key.hasPrefix("rounds/001/images/") }
      #expect(first.count == 9)
      for (path, digest) in first { #expect(remains.parts["control/\(path)"] == digest) }
      let own = "rounds/002/images/000-00.png"
      #expect(remains.parts[own] != remains.parts["control/\(own)"])
    }
  }

  @Test("the control arm learns from as many images, and tells how far it has drifted")
  func control() throws {
    try withTemporaryFolder { folder in
      let summary = try Session("\(folder)/run").finish()
      #expect(summary.controlRounds.map(\.number) == [0, 1, 2])
      #expect(summary.controlRounds.map(\.selected) == summary.rounds.map(\.selected))
      #expect(summary.controlRounds[0].drift == 0)
      #expect(try #require(summary.controlRounds[2].drift) > 0)
      #expect(try #require(summary.rounds[2].drift) > 0)
      #expect(!summary.controlRounds[2].adapterNorms.isEmpty)
      let arms = try #require(summary.test?.arms)
      #expect(arms.first?.role == .base && arms.contains { $0.role == .control })
      #expect(arms.last?.role == .bestOfN)
      let ledgers = try ["run", "run/control"].map {
        try RunDirectory.read("\(folder)/\($0)").ledger
      }
      let rules = try ledgers.map { try $0.selection(1)?.rule }
      #expect(rules == ["best", "random:best"])
      let tunings = try ledgers.map { try $0.round(1).tuning?.adapter }
      #expect(tunings[0] != tunings[1])
    }
  }

  @Test(
    "with other batches the noise is the same, rewards are within tolerance, and so is the choice")
  func batches() throws {
    try withTemporaryFolder { folder in
      var rows: [[SampleRow]] = []
      var selected: [[SampleAddress]] = []
      var keys: [[SampleAddress: Double]] = []
      for batch in [4, 1] {
        var session = Session("\(folder)/\(batch)")
        session.sampleBatch = batch
        session.lastStage = .select
        #expect(throws: RunError.stageFinished(.select, round: 1)) { try session.finish() }
        let ledger = try RunDirectory.read(session.folder).ledger
        rows.append(try ledger.samples(.train, round: 1))
        let selection = try #require(try ledger.selection(1))
        selected.append(selection.selected.map(\.address))
        keys.append(
          Dictionary(uniqueKeysWithValues: selection.rows.map { ($0.address, $0.key ?? .nan) }))
      }
      #expect(rows[0].map(\.facts) == rows[1].map(\.facts))
      let tolerance = 0.02
      for (address, key) in keys[0] {
        #expect(abs(try #require(keys[1][address]) - key) <= tolerance)
      }
      for prompt in 0..<3 {
        let sorted = keys[0].filter { $0.key.prompt == prompt }.map(\.value).sorted(by: >)
        guard sorted[0] - sorted[1] > 2 * tolerance else { continue }
        let both = selected.map { $0.first { $0.prompt == prompt } }
        #expect(both[0] == both[1])
      }
    }
  }
}
