import Foundation
import Imaging
import Testing

/// `sample --best-of` on a tiny model, as a user calls it.
struct BestOfTests {
  let folder: TestFolder

  init() throws { folder = try TestFolder() }

  private struct Candidate {
    let prompt: String
    let seed: Int
    let score: Double?
    let rank: Int?
    let kept: Bool
    let path: String?
    let excluded: String?
  }

  private func candidates(_ run: Command.Run) throws -> [Candidate] {
    let best = try #require(try run.json()["best_of"] as? [String: Any])
    let list = try #require(best["candidates"] as? [[String: Any]])
    return list.map {
      Candidate(
        prompt: $0["prompt"] as? String ?? "", seed: $0["seed"] as? Int ?? -1,
        score: $0["score"] as? Double, rank: $0["rank"] as? Int,
        kept: $0["kept"] as? Bool ?? false, path: $0["path"] as? String,
        excluded: $0["excluded"] as? String)
    }
  }

  /// A program that scores by the seed: `scores[seed]`, in Python.
  private func program(_ scores: String) throws -> String {
    try folder.write(
      """
      import json, sys
      scores = \(scores)
      for line in sys.stdin:
          item = json.loads(line)
          print(json.dumps(dict(scores[int(item['meta']['seed'])], id=item['id'])))
      """, to: "reward.py")
    return "command:python3 \(folder.path("reward.py"))"
  }

  @Test("keeps each prompt's best, under the names that its seeds have without it")
  func keepsBest() throws {
    let prompts = ["--prompt", "a red fox", "--prompt", "a castle"]
    let all = try folder.sample(prompts + ["--images-per-prompt", "3", "--out", "all"])
    #expect(all.status == 0)
    let best = try folder.sample(
      prompts + [
        "--best-of", "3", "--keep", "2", "--reward", "jpeg-size", "--out", "best", "--json",
        "--grid", "grid.png", "--no-cache",
      ])
    #expect(best.status == 0)
    let scored = try Command.run(
      ["score", "--reward", "jpeg-size", "--no-cache", "--json", "--quiet", "all"],
      in: folder.root)
    let scores = try Dictionary(
      uniqueKeysWithValues: scored.lines.map { line in
        let record = try #require(
          try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        return (
          (record["image"] as? String ?? "").replacing("all/", with: "best/"),
          try #require(record["score"] as? Double)
        )
      })
    let found = try candidates(best)
    #expect(found.map(\.seed) == [1, 2, 3, 1, 2, 3])
    for (index, prompt) in ["a red fox", "a castle"].enumerated() {
      let group = found.filter { $0.prompt == prompt }
      let paths = (1...3).map { "best/00\(index)-\($0).png" }
      #expect(group.map(\.score) == paths.map { scores[$0] })
      let order = paths.sorted { (scores[$0] ?? 0) > (scores[$1] ?? 0) }
      #expect(Set(group.filter(\.kept).compactMap(\.path)) == Set(order[..<2]))
      for path in order[..<2] {
        let same = try PNG.read(folder.path(path.replacing("best/", with: "all/")))
        #expect(try PNG.read(folder.path(path)) == same)
      }
      #expect(!folder.exists(order[2]))
    }
    #expect(folder.exists("grid.png"))
    let images = try #require(try best.json()["images"] as? [[String: Any]])
    #expect(images.map { $0["path"] as? String } == found.filter(\.kept).map(\.path))
  }

  @Test("prints a table, the best first, and writes the judgement into the image")
  func table() throws {
    let reward = try program("{1: {'score': 0.5}, 2: {'score': 2}, 3: {'error': 'no face'}}")
    let run = try folder.sample([
      "--prompt", "a red fox", "--best-of", "3", "--reward", reward, "--no-cache", "--keep-all",
    ])
    #expect(run.status == 0)
    #expect(
      run.lines == [
        "      seed   score", "a red fox", "kept     2  2.0000  images/000-2.png",
        "         1  0.5000  images/000-1.png", "         3       -  images/000-3.png",
      ])
    let texts = try PNG.texts(of: folder.path("images/000-2.png"))
    let record = try #require(texts.first { $0.keyword == PNGText.recordKeyword })
    let object = try JSONSerialization.jsonObject(with: Data(record.text.utf8)) as? [String: Any]
    let judged = try #require(object?["reward"] as? [String: Any])
    #expect(judged["score"] as? Double == 2)
    #expect(judged["rank"] as? Int == 1 && judged["of"] as? Int == 3)
    #expect((judged["passports"] as? [String: Any])?.keys.sorted() == ["command"])
    let report = try Command.run(["inspect", "images/000-2.png"], in: folder.root).output
    #expect(report.contains("\n  reward.score: 2\n"))
  }

  @Test("leaves out what has no score, and says so where too few are left")
  func excluded() throws {
    let reward = try program("{1: {'score': 'high'}, 2: {'score': -3}, 3: {'score': None}}")
    let run = try folder.sample(
      [
        "--prompt", "a red fox", "--best-of", "3", "--keep", "2", "--reward", reward, "--no-cache",
        "--json",
      ], quiet: false)
    #expect(run.status == 0)
    let found = try candidates(run)
    #expect(found.map(\.kept) == [false, true, false])
    #expect(
      found.map(\.excluded) == [
        "the command reward answers the score \"high\", not a number", nil,
        "the command reward answers the score null, not a number",
      ])
    #expect(
      run.errors.contains(
        "warning: 1 of 2 kept for “a red fox”; left out: 1 × the command reward answers the score "
          + "\"high\", not a number, 1 × the command reward answers the score null, not a number"))
  }

  @Test("keeps nothing where nothing has a score")
  func nothing() throws {
    let run = try folder.sample([
      "--prompt", "a red fox", "--best-of", "2", "--reward", "jpeg-size", "--floor",
      "jpeg-size>=0", "--no-cache",
    ])
    #expect(run.status == 65)
    #expect(
      run.errors.hasPrefix(
        "raft-diffuse: none of the 2 images has a score, so none is kept; the first: jpeg-size is -"
      ))
    #expect(!folder.exists("images"))
  }

  @Test("puts several rewards on one scale, per prompt or over all of them")
  func mixes() throws {
    let reward = try program("{k: {'score': k} for k in range(1, 5)}")
    for scope in ["prompt", "round"] {
      let run = try folder.sample([
        "--prompt", "a red fox", "--prompt", "a castle", "--best-of", "3", "--reward", reward,
        "--reward", "jpeg-size:0", "--mix", "rank", "--per", scope, "--no-cache", "--json", "--out",
        scope,
      ])
      #expect(run.status == 0)
      let found = try candidates(run)
      #expect(found.filter(\.kept).map(\.seed) == [3, 3])
      // Both prompts have the same three scores, so the pairs of equal ones rank as the three do.
      let ranks = [1.0 / 6, 0.5, 5.0 / 6]
      for (candidate, rank) in zip(found, ranks + ranks) {
        #expect(abs((candidate.score ?? 0) - rank) < 1e-12)
      }
    }
  }

  @Test("that is interrupted chooses among the prompts that are finished")
  func interrupted() throws {
    try folder.write(
      """
      import json, sys
      for line in sys.stdin:
          print(json.dumps({'id': json.loads(line)['id'], 'score': 1}), flush=True)
          open('scored', 'a').write('x')
      """, to: "reward.py")
    let prompts = (0..<400).flatMap { ["--prompt", "fox \($0)"] }
    let running = try Running(
      Command.executable,
      [
        "sample", "--model", TestFolder.model, "--seed", "1", "--precision", "fp32", "--threads",
        "1", "--res", "64", "--steps", "2", "--batch", "1", "--best-of", "2", "--reward",
        "command:python3 reward.py", "--floor", "command>=median", "--no-cache", "--json",
      ] + prompts, in: folder.root)
    // Three prompts' images.
    func scoredCount() -> Int { (try? folder.data("scored").count) ?? 0 }
    for _ in 0..<6000 where scoredCount() < 6 { usleep(10_000) }
    kill(running.process.processIdentifier, SIGINT)
    let run = try running.end()
    #expect(run.status == 75)
    let found = try candidates(run)
    #expect(!found.isEmpty && found.count < 800 && found.count.isMultiple(of: 2))
    #expect(found.filter(\.kept).count == found.count / 2)
    #expect(found.filter(\.kept).allSatisfy { folder.exists($0.path ?? "") })
    let count = found.count / 2
    #expect(
      run.errors.contains(
        "the best were chosen among the \(count) prompts that are finished, not among all"))
    #expect(
      run.errors.hasSuffix(
        "raft-diffuse: stopped as you asked: \(count) of 400 prompts are finished\n"))
  }

  @Test("ends where the reward is gone, with what is finished")
  func rewardIsGone() throws {
    let run = try folder.sample([
      "--prompt", "a red fox", "--best-of", "2", "--reward", "command:sh -c 'exit 3'",
      "--reward-retries", "0", "--no-cache",
    ])
    #expect(run.status == 75)
    #expect(run.output == "")
    #expect(
      run.errors
        == "raft-diffuse: the command reward ended with exit status 3 after it answered 0 of 2 images\n"
    )
  }

  @Test(
    "refuses options that do not go together",
    arguments: [
      (["--best-of", "2"], "--best-of needs something to judge by: name it with --reward."),
      (["--reward", "jpeg-size"], "--reward, --keep and --keep-all need --best-of N."),
      (
        ["--best-of", "2", "--keep", "3", "--reward", "jpeg-size"],
        "--keep must lie in 1…2, what --best-of makes."
      ),
      (
        ["--best-of", "2", "--images-per-prompt", "2", "--reward", "jpeg-size"],
        "--best-of N makes N images of each prompt; leave out --images-per-prompt."
      ),
      (
        ["--best-of", "2", "--save-latents", "a", "--reward", "jpeg-size"],
        "--save-latents saves every image's; it does not go with --best-of."
      ),
    ] as [([String], String)])
  func refused(_ arguments: [String], _ text: String) throws {
    let run = try folder.sample(["--prompt", "a red fox"] + arguments)
    #expect(run.status == 64)
    #expect(run.errors.contains(text))
  }
}
