import Alignment
import CLIPReward
import Diffusion
import Files
import Foundation
import LoRA
import NN
import Policies
import RAFT
import Recipes
import Reporting
import RunStore
import TestSupport
import Testing
import Torch

@Suite("What goes wrong in a run")
struct RunFaultTests {
  @Test("an image without a score is counted, told, and never learned from")
  func excluded() throws {
    try withTemporaryFolder { folder in
      var session = Session("\(folder)/run")
      session.recipe.rounds.count = 1
      let refused = ["000-01.png", "001-00.png", "002-02.png"]
      session.judge = Judge([
        .init(
          name: "red",
          reward: ChannelReward(channel: 0) { input in
            guard input.name.hasPrefix("rounds/"), refused.contains(where: input.name.hasSuffix)
            else { return nil }
            return input.name.hasSuffix("002-02.png")
              ? .score(.nan) : .excluded(.failed("the judge was tired"))
          })
      ])
      let summary = try session.finish()
      let round = try #require(summary.rounds.last)
      #expect(round.exclusions.map(\.count).reduce(0, +) == 3)
      #expect(round.samples == 9 && round.selected == 3)
      for run in ["run", "run/control"] {
        let rows = try #require(
          try RunDirectory.read("\(folder)/\(run)").ledger.selection(1)?.rows)
        #expect(rows.count == 9)
        let left = rows.filter { $0.reason.hasPrefix("excluded: ") }
        #expect(
          left.map { "\($0.address)" }
            == ["train/001/000-01", "train/001/001-00", "train/001/002-02"])
        #expect(left.allSatisfy { $0.rank == nil && $0.key == nil })
        #expect(left[0].reason == "excluded: the judge was tired")
        #expect(
          rows.filter { $0.rank != nil }.map(\.reason) == Array(repeating: "selected", count: 3))
      }
    }
  }

  @Test("where no image can be made, the round says so, and says it again when it is asked again")
  func notFinite() throws {
    try withTemporaryFolder { folder in
      let model = try TinyModel.load()
      var weights = try onOneThread {
        try DiffusionPolicy(
          model, plan: AdapterPlan(layers: [.textAttention], rank: 1),
          settings: DiffusionPolicy.Settings(Session.recipe()), seeds: RunSeeds(run: 1)
        ).adapter
      }
      for (address, factors) in weights.layers {
        weights.layers[address] = LowRankFactors(
          down: try .full(factors.down.shape, 1e30), up: try .full(factors.up.shape, 1e30))
      }
      try weights.write(.diffusers, to: "\(folder)/broken.safetensors")
      var session = Session("\(folder)/run")
      session.recipe.adapter.from = "\(folder)/broken.safetensors"
      session.recipe.rounds.samplesPerPrompt = 1
      // What was excluded is excluded again, without a second try.
      for _ in 0..<2 {
        let text = message { try session.finish() }
        #expect(text.hasPrefix("round 1 selected none of its 3 candidates (3 excluded)"), "\(text)")
        #expect(text.contains("became NaN or infinite"))
      }
      let rows = try RunDirectory.read(session.folder).ledger.samples(.train, round: 1)
      #expect(rows.count == 3 && rows.allSatisfy { $0.failure != nil && $0.image == nil })
    }
  }

  @Test("a checkpoint that is not as it was left is told, and what was there stays")
  func damaged() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/run"
      var session = Session(path)
      session.recipe.control = false
      session.recipe.prompts.test = []
      session.recipe.rounds.count = 1
      try session.finish()
      session.recipe.rounds.count = 2
      session.lastStage = .sample
      #expect(throws: RunError.stageFinished(.sample, round: 2)) { try session.finish() }
      session.lastStage = nil
      let checkpoint = RunPaths(path).checkpoint(1)
      let bytes = try WholeFile.bytes(of: checkpoint.adapter, limit: 1 << 24)
      var changed = bytes
      changed[changed.count - 2] ^= 1

      try AtomicFile.write(changed, to: checkpoint.adapter)
      #expect(
        message { try session.finish() }
          == "\(checkpoint.adapter) is not as the run left it (its SHA-256 is another); "
          + "put the file back, or begin another run")
      // Somebody who writes the list of digests anew does not deceive the ledger.
      let list = "\(checkpoint.folder)/SHA256SUMS"
      let sums = try WholeFile.bytes(of: list, limit: 1 << 20)
      let text = String(decoding: sums, as: UTF8.self).replacing(
        Digest.sha256(bytes), with: Digest.sha256(changed))
      try AtomicFile.write(Array(text.utf8), to: list)
      #expect(
        message { try session.finish() }
          == "\(checkpoint.folder) is not the checkpoint that was written: its adapter is gone or of "
          + "another training; put back a copy of it, or begin a new run")

      try AtomicFile.write(bytes, to: checkpoint.adapter)
      try AtomicFile.write(sums, to: list)
      let aside = "\(folder)/aside"
      try FileManager.default.moveItem(atPath: checkpoint.folder, toPath: aside)
      #expect(
        message { try session.finish() }
          == "\(checkpoint.folder) is not the checkpoint that was written: its adapter is gone or of "
          + "another training; put back a copy of it, or begin a new run")
      try FileManager.default.moveItem(atPath: aside, toPath: checkpoint.folder)

      try session.finish()
      session.folder = "\(folder)/whole/run"
      try session.finish()
      #expect(try Remains(path).differences(from: Remains(session.folder)) == [])
    }
  }
}
