import Foundation
import Testing

/// `raft-diffuse score` on the fixtures of the library's tests.
struct ScoreTests {
  let folder: TestFolder

  init() throws {
    folder = try TestFolder()
    for index in 0..<4 {
      try folder.write(
        TestFolder.fixture("CLIPRewardTests", "images/\(index).png"), to: "images/\(index).png")
    }
  }

  private static func fixture(_ name: String) -> String {
    TestFolder.fixtures.deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "CLIPRewardTests/Fixtures/\(name)").path
  }

  static let clip = ["--clip", fixture("clip")]

  static func head(_ name: String) -> [String] { ["--aesthetic-head", fixture("heads/\(name)")] }

  private func score(_ arguments: [String], quiet: Bool = true) throws -> Command.Run {
    try Command.run(
      ["score", "--threads", "1"] + (quiet ? ["--quiet"] : []) + arguments, in: folder.root,
      environment: ["XDG_CACHE_HOME": folder.path("cache")])
  }

  private func lines(_ run: Command.Run) throws -> [[String: Any]] {
    try run.lines.map {
      try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] ?? [:]
    }
  }

  private func expected() throws -> [[String: Any]] {
    let data = try TestFolder.fixture("CLIPRewardTests", "images/expected.json")
    return try JSONSerialization.jsonObject(with: data) as? [[String: Any]] ?? []
  }

  @Test("a folder's images are scored in natural order, each on a line, by the prompts they hold")
  func json() throws {
    let run = try score(["--reward", "clip", "--json"] + Self.clip + ["images"])
    #expect(run.status == 0)
    let found = try lines(run)
    #expect(found.count == 4)
    for (line, expected) in zip(found, try expected()) {
      #expect(line["image"] as? String == "images/\(expected["image"] ?? "")")
      #expect(line["prompt"] as? String == expected["prompt"] as? String)
      let (score, wanted) = (line["score"] as? Double, expected["cosine"] as? Double)
      #expect(abs((score ?? .infinity) - (wanted ?? 0)) < 1e-4)
      #expect(line["excluded"] is NSNull)
      let passport = (line["passports"] as? [String: Any])?["clip"] as? [String: Any]
      #expect((passport?["fingerprint"] as? String)?.count == 12)
    }
  }

  @Test("a second head decodes no image")
  func secondHead() throws {
    let arguments = ["--reward", "aesthetic"] + Self.clip + ["images"]
    let first = try score(Self.head("mlp.pth") + arguments, quiet: false)
    #expect(first.errors.hasSuffix("4 of 4 images scored; 4 decoded\n"))
    let second = try score(Self.head("relu.pth") + arguments, quiet: false)
    #expect(second.errors.hasSuffix("4 of 4 images scored; 0 decoded\n"))
    #expect(first.output != second.output)
    let without = try score(
      Self.head("relu.pth") + ["--no-cache"] + arguments, quiet: false)
    #expect(without.errors.hasSuffix("4 of 4 images scored; 4 decoded\n"))
    #expect(without.output == second.output)
  }

  @Test("the table has the best first, and a summary of what was left out")
  func table() throws {
    try folder.write(folder.data("images/1.png"), to: "images/10.png")
    try folder.write("no image", to: "images/2b.png")
    let run = try score(["--reward", "jpeg-size", "images"], quiet: false)
    #expect(run.status == 0)
    #expect(
      run.output == """
        jpeg-size  image
          -1.6650  images/0.png
          -1.9170  images/1.png
          -2.8920  images/3.png
          -2.9290  images/2.png

        jpeg-size: n 4, mean -2.3507, sd 0.6547, min -2.9290, max -1.6650
        left out: 1 duplicate, 1 unreadable

        """)
    #expect(
      run.errors.contains(
        """
        warning: left out: images/2b.png is not a PNG or JPEG image: it is a text; convert it to one \
        of these
        """))
    #expect(
      run.errors.contains("warning: images/10.png is left out: the same pixels as images/1.png"))
    let kept = try score(["--reward", "jpeg-size", "--keep-duplicates", "--json", "images"])
    let reasons = try lines(kept).map { $0["exclusion"] as? String }
    #expect(reasons == [nil, nil, nil, "unreadable", nil, nil])
  }

  @Test("the best n are printed alone, also from several rewards, mixed by z-scores")
  func top() throws {
    let run = try score(
      ["--reward", "jpeg-size", "--reward", "clip", "--top", "2", "--json"] + Self.clip + ["images"]
    )
    let found = try lines(run)
    #expect(found.count == 2)
    let scores = found.compactMap { $0["score"] as? Double }
    #expect(scores == scores.sorted(by: >))
    #expect(
      (found[0]["passports"] as? [String: Any])?.keys.sorted() == ["clip", "jpeg-size", "mixture"])
  }

  @Test("a reward of one's own is a program, and its failures are reasons")
  func program() throws {
    try folder.write(
      """
      #!/bin/sh
      n=0
      while read -r line; do
        n=$((n + 1))
        if [ $n = 2 ]; then echo '{"error": "not this one"}'; else echo "{\\"score\\": $n}"; fi
      done
      """, to: "reward.sh")
    let run = try score(["--reward", "command:sh reward.sh", "--json", "images"])
    #expect(run.status == 0)
    let found = try lines(run)
    #expect(found.map { $0["score"] as? Double } == [1, nil, 3, 4])
    #expect(found[1]["excluded"] as? String == "the command reward says: not this one")
  }

  @Test("embeddings and pixels are written, a row an image")
  func embeddings() throws {
    let arguments =
      ["--save-embeddings", "e.safetensors", "--save-pixels", "p.safetensors"] + Self.clip + [
        "images"
      ]
    let run = try score(arguments)
    #expect(run.status == 0)
    let header = String(decoding: try folder.data("e.safetensors").prefix(2000), as: UTF8.self)
    #expect(header.contains(#""image_embeddings":{"dtype":"F32","shape":[4,12]"#))
    #expect(header.contains(#""text_embeddings":{"dtype":"F32","shape":[4,12]"#))
    let pixels = String(decoding: try folder.data("p.safetensors").prefix(2000), as: UTF8.self)
    #expect(pixels.contains(#""pixels":{"dtype":"F32","shape":[4,3,32,32]"#))
    let again = try score(arguments)
    #expect(again.status == 74)
    #expect(
      again.errors
        == "raft-diffuse: e.safetensors exists; choose another place, or replace it with --force\n")
  }

  @Test("results under another passport are refused with what differs, before any work")
  func compare() throws {
    let arguments = ["--reward", "aesthetic"] + Self.clip
    let first = try score(Self.head("mlp.pth") + arguments + ["--json", "images"])
    try folder.write(first.output, to: "first.jsonl")
    let refused = try score(
      Self.head("relu.pth") + arguments + ["--compare", "first.jsonl", "images"])
    #expect(refused.status == 65)
    #expect(refused.output == "")
    #expect(
      refused.errors.hasPrefix(
        """
        raft-diffuse: the aesthetic scores of first.jsonl and these images are not on one scale and \
        cannot be compared: head mlp.pth vs relu.pth; head_kind mlp-linear vs mlp-relu; head_sha256 
        """))
    let same = try score(
      Self.head("mlp.pth") + arguments + ["--compare", "first.jsonl", "images"])
    #expect(same.status == 0)
    #expect(
      same.lines.last?.hasSuffix("difference +0.0000 ± 0.0000 (paired over 4 images)") == true)
    let second = try score(Self.head("relu.pth") + arguments + ["--json", "images"])
    try folder.write(second.output, to: "second.jsonl")
    let files = try score(["--compare", "first.jsonl", "--compare", "second.jsonl"])
    #expect(files.status == 65)
  }

  @Test("earlier results of several passports in one file are refused")
  func mixedFile() throws {
    let arguments = ["--reward", "aesthetic"] + Self.clip + ["--json", "images"]
    let (first, second) = try (
      score(Self.head("mlp.pth") + arguments), score(Self.head("relu.pth") + arguments)
    )
    try folder.write(first.output + second.output, to: "mixed.jsonl")
    let run = try score(["--compare", "mixed.jsonl", "--compare", "mixed.jsonl"])
    #expect(run.status == 65)
    #expect(
      run.errors.contains("are not on one scale and cannot be compared: head mlp.pth vs relu.pth"))
  }

  @Test(
    "what cannot be scored ends with the status that says why",
    arguments: [
      (
        ["--reward", "jpeg-size", "none.png"], 66,
        "raft-diffuse: none.png does not exist; check the path\n"
      ),
      (
        ["--reward", "jpeg-size", "*.gif"], 66,
        "raft-diffuse: *.gif does not exist; check the path\n"
      ),
      (
        ["--reward", "jpeg-size", "."], 65,
        "raft-diffuse: . holds no PNG or JPEG image; --recursive looks into its folders too\n"
      ),
      (
        ["--reward", "clip", "images"], 64,
        "raft-diffuse: This --reward needs a CLIP: name it with --clip."
      ),
      (
        ["--reward", "aesthetic", "--clip", "x", "images"], 64,
        "raft-diffuse: --reward aesthetic needs a head: name its file with --aesthetic-head."
      ),
      (
        ["--reward", "beauty", "images"], 64,
        "raft-diffuse: \"beauty\" is no reward: known are aesthetic, aesthetic:FILE, clip, "
      ),
      (["images"], 64, "raft-diffuse: Say what scores the images with --reward: "),
      (
        ["--reward", "jpeg-size"], 64,
        "raft-diffuse: Give images to score, or two files of results with --compare."
      ),
      (
        ["--reward", "jpeg-size", "--prompt", "a", "--prompt", "b", "images"], 65,
        "raft-diffuse: --prompt gives 2 prompts for 4 images; give one for all, or one for each\n"
      ),
      (
        ["--reward", "jpeg-size", "--cache", "/dev/null/x", "images"], 74,
        "raft-diffuse: the cache /dev/null/x cannot be used: the folder cannot be made; "
      ),
      (
        ["--reward", "command:no-such-program", "images"], 66,
        "raft-diffuse: no reward program no-such-program was found along PATH; "
      ),
      (
        ["--reward", "jpeg-size", "--weight", "clip=2", "images"], 64,
        "raft-diffuse: --weight names clip, which is none of the rewards jpeg-size"
      ),
    ])
  func failures(arguments: [String], status: Int, message: String) throws {
    let run = try score(arguments)
    #expect(run.status == Int32(status))
    #expect(run.errors.hasPrefix(message))
    #expect(run.output == "")
  }

  @Test("where nothing can be scored the status is 65 and the reasons are counted")
  func nothing() throws {
    let folder = folder
    try folder.write("x", to: "bad/a.png")
    try folder.write("y", to: "bad/b.png")
    let run = try score(["--reward", "jpeg-size", "--json", "bad"])
    #expect(run.status == 65)
    #expect(try lines(run).map { $0["exclusion"] as? String } == ["unreadable", "unreadable"])
    #expect(
      run.errors == """
        raft-diffuse: none of the 2 images could be scored, 2 unreadable; the first: bad/a.png is not a \
        PNG or JPEG image: it is a text; convert it to one of these

        """)
  }

  @Test("prompts come from a file of lines or of names")
  func prompts() throws {
    try folder.write("# ours\none\ntwo\nthree\nfour\n", to: "p.txt")
    try folder.write(
      """
      {"file_name": "2.png", "text": "of another 2.png"}
      {"file_name": "images/0.png", "text": "by name"}
      {"image": "images/3.png", "prompt": "by path"}

      """, to: "p.jsonl")
    try folder.write(
      "{\"file_name\": \"2.png\", \"text\": \"beside\"}", to: "images/metadata.jsonl")
    func found(_ file: String) throws -> [String?] {
      let run = try score(
        ["--reward", "clip", "--prompts", file, "--json"] + Self.clip + ["images"])
      return try lines(run).map { $0["prompt"] as? String }
    }
    #expect(try found("p.txt") == ["one", "two", "three", "four"])
    #expect(try found("p.jsonl") == ["by name", nil, nil, "by path"])
    #expect(try found("images/metadata.jsonl") == [nil, nil, "beside", nil])
    let run = try score(["--reward", "jpeg-size", "--prompts", "p.jsonl", "images"], quiet: false)
    #expect(
      run.errors.contains(
        "1 of the 3 names in p.jsonl are none of the images: 2.png; names are counted from its "
          + "folder"))
    try folder.write(
      "{\"file_name\": \"a\", \"text\": \"1\"}\n{\"file_name\": \"./a\", \"text\": \"2\"}\n",
      to: "twice.jsonl")
    let twice = try score(["--reward", "jpeg-size", "--prompts", "twice.jsonl", "images"])
    #expect(twice.status == 65)
    #expect(
      twice.errors
        == "raft-diffuse: twice.jsonl, line 2 gives ./a another prompt than a line before; remove "
        + "one of them\n")
  }

  @Test("a pipe is refused, not waited for, and a pattern without images is named")
  func pipes() throws {
    mkfifo(folder.path("pipe.png"), 0o600)
    let run = try score(["--reward", "jpeg-size", "pipe.png"])
    #expect(run.status == 65)
    #expect(
      run.errors
        == "raft-diffuse: pipe.png is a pipe or a device, which cannot be read twice; write the "
        + "image to a file\n")
    try folder.write("x", to: "empty1/a.txt")
    try folder.write("x", to: "empty2/a.txt")
    let pattern = try score(["--reward", "jpeg-size", "empty*"])
    #expect(pattern.status == 65)
    #expect(
      pattern.errors
        == "raft-diffuse: empty* matches empty1 and 1 more, but no PNG or JPEG image in them\n")
  }

  @Test("a reward of weight 0 that fails leaves nothing out")
  func reportedOnly() throws {
    try folder.write(
      "#!/bin/sh\nwhile read -r line; do echo '{\"error\": \"no face\"}'; done", to: "none.sh")
    let run = try score(
      [
        "--reward", "jpeg-size", "--reward", "face=command:sh none.sh", "--weight", "face=0",
        "--json", "images",
      ], quiet: false)
    #expect(run.status == 0)
    #expect(try lines(run).allSatisfy { $0["score"] is Double && $0["excluded"] is NSNull })
    #expect(
      run.errors.contains("images/0.png has no face score: the face reward says: no face"))
  }

  @Test("what a program says on standard error is passed on unless all is to be quiet")
  func programErrors() throws {
    try folder.write(
      "#!/bin/sh\necho hello >&2; while read -r line; do echo '{\"score\": 1}'; done", to: "says.sh"
    )
    for quiet in [true, false] {
      let run = try score(
        ["--reward", "command:sh says.sh", "--no-cache", "images"], quiet: quiet)
      #expect(run.status == 0)
      #expect(run.errors.contains("hello") == !quiet)
    }
  }

  @Test("a batch of another program may be larger than one of ours")
  func rewardBatch() throws {
    // It answers when it has all four; in two batches it would wait for ever.
    try folder.write(
      """
      import json, sys
      items = [json.loads(sys.stdin.readline()) for _ in range(4)]
      for item in items: print(json.dumps({'id': item['id'], 'score': 1}))
      """, to: "four.py")
    let run = try score([
      "--reward", "command:python3 four.py", "--batch", "2", "--reward-batch", "4",
      "--reward-timeout", "60", "--no-cache", "--json", "images",
    ])
    #expect(run.status == 0)
    #expect(run.lines.count == 4)
  }

  @Test("transparent images are scored as they are told to be, whatever the cache knows")
  func transparency() throws {
    try folder.write(
      TestFolder.fixture("ImagingTests", "png/type6-depth8.png"), to: "clear/a.png")
    let arguments = ["--prompt", "x", "--json"] + Self.clip
    func scored(_ rewards: [String], _ more: [String]) throws -> (String, [String: Any]) {
      let run = try score(rewards.flatMap { ["--reward", $0] } + arguments + more + ["clear"])
      #expect(run.status == 0)
      return (run.output, try #require(lines(run).first))
    }
    let both = ["clip", "jpeg-size"]
    let (dropped, first) = try scored(both, [])
    #expect(try scored(both, ["--transparency", "drop", "--no-cache"]).0 == dropped)
    let (white, second) = try scored(both, ["--transparency", "white"])
    #expect(try scored(both, ["--transparency", "white", "--no-cache"]).0 == white)
    #expect(try scored(both, []).0 == dropped)
    #expect(first["sha256"] as? String == second["sha256"] as? String)
    let scores = [first, second].compactMap { $0["scores"] as? [String: Double] }
    #expect(scores.count == 2)
    for reward in both { #expect(scores[0][reward] != scores[1][reward]) }
    try folder.write(dropped, to: "dropped.jsonl")
    let refused = try score(
      ["--reward", "jpeg-size", "--transparency", "white", "--compare", "dropped.jsonl", "clear"])
    #expect(refused.status == 65)
    #expect(
      refused.errors == """
        raft-diffuse: the jpeg-size scores of dropped.jsonl and these images are not on one scale and \
        cannot be compared: transparency drop vs white

        """)
    let unknown = try score(["--reward", "jpeg-size", "--transparency", "black", "clear"])
    #expect(unknown.status == 64)
    #expect(unknown.errors.contains("drop") && unknown.errors.contains("white"))
  }

  @Test("a damaged cache is begun anew with a warning")
  func damagedCache() throws {
    try folder.write(
      String(repeating: "junk", count: 2000), to: "cache/raft-diffuse/rewards-v1.sqlite")
    let run = try score(["--reward", "jpeg-size", "images"], quiet: false)
    #expect(run.status == 0)
    #expect(run.errors.contains(" is damaged; it was set aside as "))
    #expect(folder.exists("cache/raft-diffuse/rewards-v1.sqlite.damaged"))
  }

  @Test("an interrupt ends the run after the batch, and what is done is there")
  func interrupt() throws {
    try folder.write(
      "#!/bin/sh\nwhile read -r line; do echo asked >> asked; sleep 0.2; echo '{\"score\": 1}'; done",
      to: "slow.sh")
    let running = try Running(
      Command.executable,
      [
        "score", "--reward", "command:sh slow.sh", "--no-cache", "--batch", "1", "--json", "images",
      ],
      in: folder.root)
    for _ in 0..<3000 where !folder.exists("asked") { usleep(10_000) }
    kill(running.process.processIdentifier, SIGINT)
    let run = try running.end()
    #expect(run.status == 75)
    #expect(run.lines.count < 4)
  }
}
