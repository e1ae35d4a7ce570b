import CLIPReward
import Files
import Foundation
import Imaging
import TestSupport
import Testing

/// What earlier runs computed.
struct RewardCacheTests {
  @Test("a second head decodes no image and embeds none")
  func secondHead() throws {
    try withTemporaryFolder { folder in
      let count = DecodeCount()
      let inputs = (0..<7).map { count.input(RewardFixtures.noise($0), name: "\($0)") }
      var scores: [[Double?]] = []
      for (run, head) in ["mlp.pth", "relu.pth", "mlp.pth"].enumerated() {
        // A cache, a model and an embedder of its own, as in another process.
        let cache = try RewardCache(folder: folder)
        let model = CountingModel(width: 12)
        let reward = try AestheticReward(
          RewardFixtures.head(head), ImageEmbedder(model, cache: cache, batchSize: 3))
        let reasons = try ImageGuard(cache: cache).check(inputs)
        #expect(reasons == Array(repeating: nil, count: 7))
        scores.append(try reward.outcomes(for: inputs).map(\.score))
        #expect(model.images == (run == 0 ? 7 : 0))
      }
      // Once for the guard and once for the embedding: these inputs keep nothing.
      #expect(count.value == 14)
      #expect(scores[0] == scores[2])
      #expect(scores[0] != scores[1])
    }
  }

  @Test("another CLIP's vectors are not taken")
  func anotherModel() throws {
    try withTemporaryFolder { folder in
      let cache = try RewardCache(folder: folder)
      let input = RewardInput(RewardFixtures.noise(1), name: "a")
      for facts in [["clip_sha256": "0"], ["clip_sha256": "1"], ["clip_sha256": "0", "x": "y"]] {
        let model = CountingModel(facts: facts)
        _ = try ImageEmbedder(model, cache: cache).embeddings(of: [input])
        #expect(model.images == 1)
      }
    }
  }

  @Test("one file under another transparency is another image to every cache")
  func transparency() throws {
    try withTemporaryFolder { folder in
      // Black where transparency is dropped, noise where the image lies over white.
      let dropped = RewardInput(name: "a", digest: "00", transparency: .dropped) {
        RGBImage(width: 8, height: 8, filledWith: .black)
      }
      let overWhite = RewardInput(name: "a", digest: "00", transparency: .overWhite) {
        RewardFixtures.noise(1)
      }
      let (passport, memory) = (RewardPassport(reward: "http", facts: [:]), MemoryScoreStore())
      var vectors: [[ImageEmbedder.Embedding]] = []
      for _ in 0..<2 {
        let cache = try RewardCache(folder: folder)
        let embedder = ImageEmbedder(CountingModel(), cache: cache)
        for (input, reason) in [(dropped, ExclusionReason.black), (overWhite, nil)] {
          #expect(try ImageGuard(cache: cache).check([input]) == [reason])
          vectors.append(try embedder.embeddings(of: [input]))
        }
        for store in [cache, memory] as [any ScoreStore] {
          try store.store([.score(1)], of: [dropped], passport: passport)
          let kept = try store.scores(of: [dropped, overWhite], passport: passport)
          #expect(kept == [.score(1), nil])
        }
      }
      #expect(vectors[0] == vectors[2] && vectors[1] == vectors[3])
      #expect(vectors[0] != vectors[1])
    }
  }

  @Test("a text is embedded once")
  func texts() throws {
    try withTemporaryFolder { folder in
      for run in 0..<2 {
        let model = CountingModel()
        let embedder = ImageEmbedder(model, cache: try RewardCache(folder: folder))
        #expect(try embedder.vectors(of: ["a", "b", "a"]).count == 2)
        #expect(model.texts == (run == 0 ? 2 : 0))
      }
    }
  }

  @Test("a damaged cache is set aside with a warning and begun anew")
  func damaged() throws {
    try withTemporaryFolder { folder in
      let path = try RewardCache(folder: folder).path
      try Data(repeating: 7, count: 5000).write(to: URL(fileURLWithPath: path))
      for name in ["-wal", "-shm"] { unlink(path + name) }
      var warnings: [String] = []
      let cache = try RewardCache(folder: folder) { warnings.append($0) }
      #expect(
        warnings == [
          "the cache \(path) is damaged; it was set aside as \(path).damaged and is begun anew"
        ])
      #expect(FileManager.default.fileExists(atPath: path + ".damaged"))
      let model = CountingModel()
      let input = RewardInput(RewardFixtures.noise(1), name: "a")
      for _ in 0..<2 { _ = try ImageEmbedder(model, cache: cache).embeddings(of: [input]) }
      #expect(model.images == 1)
    }
  }

  @Test("damage inside that shows only later is met the same way")
  func damagedLater() throws {
    try withTemporaryFolder { folder in
      let inputs = (0..<40).map { RewardInput(RewardFixtures.noise($0), name: "\($0)") }
      let model = CountingModel(width: 64)
      var path = ""
      do {
        let cache = try RewardCache(folder: folder)
        path = cache.path
        _ = try ImageEmbedder(model, cache: cache).embeddings(of: inputs)
      }
      // Every page but the first, which holds the version and the tables' names.
      var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
      for index in 4096..<bytes.count { bytes[index] = 0xA5 }
      try bytes.write(to: URL(fileURLWithPath: path))
      var warnings: [String] = []
      let cache = try RewardCache(folder: folder) { warnings.append($0) }
      _ = try ImageEmbedder(model, cache: cache).embeddings(of: inputs)
      #expect(model.images == 80)
      #expect(warnings.count == 1)
      _ = try ImageEmbedder(model, cache: cache).embeddings(of: inputs)
      #expect(model.images == 80)
    }
  }

  @Test("another version's tables are set aside")
  func version() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/rewards-v1.sqlite"
      do { _ = try RewardCache(folder: folder) }
      // The version of the tables: four bytes at 60 of the header.
      var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
      bytes[63] = 9
      try bytes.write(to: URL(fileURLWithPath: path))
      var warnings: [String] = []
      _ = try RewardCache(folder: folder) { warnings.append($0) }
      #expect(
        warnings == [
          "the cache \(path) is of another version; it was set aside as \(path).damaged and is "
            + "begun anew"
        ])
    }
  }

  @Test("two may use one cache at a time")
  func concurrent() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
    defer { do { try FileManager.default.removeItem(atPath: folder) } catch {} }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for task in 0..<4 {
        group.addTask {
          let cache = try RewardCache(folder: folder)
          for step in 0..<10 {
            let input = RewardInput(RewardFixtures.noise(10 * task + step), name: "x")
            _ = try ImageEmbedder(CountingModel(), cache: cache).embeddings(of: [input])
          }
        }
      }
      try await group.waitForAll()
    }
    let model = CountingModel()
    let inputs = (0..<40).map { RewardInput(RewardFixtures.noise($0), name: "\($0)") }
    _ = try ImageEmbedder(model, cache: RewardCache(folder: folder)).embeddings(of: inputs)
    #expect(model.images == 0)
  }

  @Test("a folder that cannot be made is an error that names the way out")
  func unusable() {
    #expect(
      message { try RewardCache(folder: "/dev/null/x") }
        == "the cache /dev/null/x cannot be used: the folder cannot be made; name another with "
        + "--cache, or go without by --no-cache")
  }

  @Test("scores are kept by image, prompt, metadata and passport; failures are not")
  func scores() throws {
    try withTemporaryFolder { folder in
      let cache = try RewardCache(folder: folder)
      let passport = RewardPassport(reward: "command", facts: ["program": "x"])
      let image = RewardFixtures.noise(1)
      let inputs = [
        RewardInput(image, name: "a", prompt: "p"), RewardInput(image, name: "b", prompt: "q"),
        RewardInput(image, name: "c"), RewardInput(image, name: "d", metadata: ["seed": "1"]),
      ]
      #expect(try cache.scores(of: inputs, passport: passport) == [nil, nil, nil, nil])
      try cache.store(
        [.score(0.1, details: ["x": 2.5]), .excluded(.failed("no")), .score(-3), .score(1e300)],
        of: inputs, passport: passport)
      #expect(
        try cache.scores(of: inputs, passport: passport) == [
          .score(0.1, details: ["x": 2.5]), nil, .score(-3), .score(1e300),
        ])
      let other = RewardPassport(reward: "command", facts: ["program": "y"])
      #expect(try cache.scores(of: [inputs[0]], passport: other) == [nil])
    }
  }

  @Test("a file's digest is kept until the file changes")
  func fileDigests() throws {
    try withTemporaryFolder { folder in
      let cache = try RewardCache(folder: folder)
      let file = "\(folder)/f"
      for text in ["one", "two", "six"] {
        try text.write(toFile: file, atomically: false, encoding: .utf8)
        #expect(try cache.digest(ofFile: file) == RewardCache.freshDigest(ofFile: file))
      }
      #expect(
        message { try cache.digest(ofFile: "\(folder)/none") }
          == "\(folder)/none does not exist; check the path")
    }
  }

  @Test("the digest of a file that has not changed is taken from the cache")
  func keptDigest() throws {
    try withTemporaryFolder { folder in
      let cache = try RewardCache(folder: folder)
      let file = "\(folder)/f"
      try "one".write(toFile: file, atomically: false, encoding: .utf8)
      // A file that changed a moment ago is read once more: that may have to be waited for.
      let end = Date(timeIntervalSinceNow: 60)
      while Date.now < end, try CacheProbe.isTooYoung(file) {
        _ = try CacheProbe.python("pass", cache.path)
      }
      _ = try cache.digest(ofFile: file)
      // What no file has tells where the answer comes from.
      let lie = String(repeating: "f", count: 64)
      _ = try CacheProbe.python(
        "db.execute('UPDATE files SET digest = ?', ('\(lie)',)); db.commit()", cache.path)
      #expect(try cache.digest(ofFile: file) == lie)
      try "two".write(toFile: file, atomically: false, encoding: .utf8)
      #expect(try cache.digest(ofFile: file) == RewardCache.freshDigest(ofFile: file))
    }
  }

  @Test("an optional cache that fails in the middle is done without, and says so once")
  func optional() throws {
    try withTemporaryFolder { folder in
      var reports: [String] = []
      let cache = try RewardCache(folder: folder, isOptional: true) { reports.append($0) }
      _ = try CacheProbe.python(
        "db.executescript('CREATE TRIGGER t BEFORE INSERT ON embeddings BEGIN "
          + "SELECT RAISE(ABORT, \"no room\"); END')", cache.path)
      let model = CountingModel()
      let inputs = (0..<2).map { RewardInput(RewardFixtures.noise($0), name: "\($0)") }
      for _ in 0..<2 {
        let found = try ImageEmbedder(model, cache: cache).embeddings(of: inputs)
        #expect(found.count == 2)
      }
      #expect(model.images == 4)
      #expect(
        reports == [
          "the cache \(cache.path) cannot be used: no room; name another with --cache, or go "
            + "without by --no-cache; going on without one"
        ])
      let strict = try RewardCache(folder: folder)
      #expect(
        message { try ImageEmbedder(model, cache: strict).embeddings(of: inputs) }
          == "the cache \(cache.path) cannot be used: no room; name another with --cache, or go "
          + "without by --no-cache")
    }
  }

  @Test("vectors of texts are not taken where the vocabulary is another")
  func anotherVocabulary() throws {
    try withTemporaryFolder { folder in
      let cache = try RewardCache(folder: folder)
      for vocabulary in ["0", "1"] {
        let model = CountingModel(textFacts: ["vocabulary_sha256": vocabulary])
        let embedder = ImageEmbedder(model, cache: cache)
        _ = try embedder.vectors(of: ["a"])
        #expect(model.texts == 1)
        #expect(
          try TextImageReward(embedder).passport.facts["vocabulary_sha256"] == vocabulary)
        let image = RewardInput(RewardFixtures.noise(1), name: "a")
        _ = try embedder.embeddings(of: [image])
        #expect(model.images == (vocabulary == "0" ? 1 : 0))
      }
    }
  }
}

/// What tests do to a cache from outside.
enum CacheProbe {
  /// Runs `code` on the database at `path`, which it sees as `db`.
  static func python(_ code: String, _ path: String) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [
      "python3", "-c", "import sqlite3, sys; db = sqlite3.connect(sys.argv[1]); \(code)", path,
    ]
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return process.terminationStatus
  }

  /// Whether the file's last change is so late that another might leave the same times.
  static func isTooYoung(_ path: String) throws -> Bool {
    var status = stat()
    try #require(stat(path, &status) == 0)
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    #if canImport(Darwin)
      let change = status.st_ctimespec
    #else
      let change = status.st_ctim
    #endif
    return Double(now.tv_sec - change.tv_sec) + Double(now.tv_nsec - change.tv_nsec) / 1e9 < 0.1
  }
}

/// Image files as inputs.
struct ImageFilesTests {
  private func write(_ folder: String) throws -> [String] {
    try (0..<3).map { index in
      let path = "\(folder)/\(index).png"
      let texts =
        index == 0
        ? [
          PNGText(
            keyword: "parameters", text: "a fox <lora:x:1>\nSteps: 2, Sampler: Euler, Seed: 1")
        ]
        : []
      try PNG.write(RewardFixtures.noise(index), to: path, texts: texts)
      return path
    }
  }

  @Test("a file is decoded at most once a batch, and its own prompt is found")
  func once() throws {
    try withTemporaryFolder { folder in
      let files = ImageFiles()
      let loaded = try files.load(write(folder), prompts: nil)
      #expect(files.decodedCount == 0)
      let inputs = loaded.compactMap { loaded -> RewardInput? in
        if case .input(let input) = loaded { input } else { nil }
      }
      #expect(inputs.map(\.prompt) == ["a fox", nil, nil])
      for input in inputs { for _ in 0..<2 { _ = try input.image() } }
      #expect(files.decodedCount == 3)
    }
  }

  @Test("what is no image, or not there, is a reason")
  func reasons() throws {
    try withTemporaryFolder { folder in
      try "hello".write(toFile: "\(folder)/t.png", atomically: true, encoding: .utf8)
      let loaded = try ImageFiles().load(["\(folder)/t.png", "\(folder)/none.png"], prompts: nil)
      guard case .input(let text) = loaded[0], case .excluded(let reason) = loaded[1] else {
        Issue.record("the text is an input, and the other is not there")
        return
      }
      #expect(
        message { try text.image() }
          == "\(folder)/t.png is not a PNG or JPEG image: it is a text; convert it to one of these")
      #expect(reason.description == "\(folder)/none.png does not exist; check the path")
    }
  }

  @Test(
    "prompts are read from records of ours, of A1111 and of kohya's scripts",
    arguments: [
      ("raft-diffuse", #"{"prompt": "ours"}"#, "ours"),
      ("parameters", "theirs, <lora:a:0.5>\nNegative prompt: no", "theirs,"),
      ("prompt", "kohya's", "kohya's"), ("prompt", #"{"1": {}}"#, nil), ("Software", "x", nil),
    ])
  func prompts(keyword: String, text: String, expected: String?) throws {
    let bytes = try PNG.encode(
      RewardFixtures.noise(1), texts: [PNGText(keyword: keyword, text: text)])
    #expect(ImagePrompt.read(bytes) == expected)
  }
}
