import CLIPReward
import Foundation
import Imaging
import TestSupport
import Testing

@Suite("A reward program that works")
struct RewardProgramTests {
  let scripts: RewardScripts

  init() throws { scripts = try RewardScripts() }

  /// Answers with the number at the end of the prompt.
  static let byNumber = """
    for line in sys.stdin:
        item = json.loads(line)
        number = int(item['prompt'].split()[-1])
        print(json.dumps({'id': item['id'], 'score': number, 'extras': {'twice': 2 * number}}))
    """

  @Test("gives scores and extras, in the images' order")
  func scores() throws {
    let reward = try programReward(scripts.python(Self.byNumber))
    #expect(
      try reward.outcomes(for: images(3))
        == (0..<3).map { .score(Double($0), details: ["twice": Double(2 * $0)]) })
  }

  @Test("is started once for all batches and calls")
  func startsOnce() throws {
    let reward = try programReward(
      scripts.python(
        """
        open(DIR + '/starts', 'a').write('x')
        for count, line in enumerate(sys.stdin):
            print(json.dumps({'score': count}))
        """), batch: 2)
    #expect(try reward.outcomes(for: images(3)).map(\.score) == [0, 1, 2])
    #expect(try reward.outcomes(for: images(2)).map(\.score) == [3, 4])
    let starts = try String(contentsOfFile: scripts.path("starts"), encoding: .utf8)
    #expect(starts == "x")
  }

  @Test("may answer in any order by id, whether it gives the id back as a text or as a number")
  func anyOrder() throws {
    let reward = try programReward(
      scripts.python(
        """
        items = [json.loads(sys.stdin.readline()) for _ in range(5)]
        for k, item in enumerate(reversed(items)):
            number = int(item['prompt'].split()[-1])
            print(json.dumps({'id': int(item['id']) if k % 2 else item['id'], 'score': number}))
        sys.stdin.read()
        """))
    #expect(try reward.outcomes(for: images(5)).map(\.score) == [0, 1, 2, 3, 4])
  }

  @Test("may be a few lines of shell that answer in order")
  func shell() throws {
    let reward = try programReward(
      scripts.shell("while read -r line; do echo \"{\\\"score\\\": ${#line}}\"; echo; done"))
    let scores = try reward.outcomes(for: images(2)).map(\.score)
    #expect(scores[0] != nil && scores[0] == scores[1])
  }

  @Test("sees prompt, metadata and either a path or the PNG itself")
  func request() throws {
    let line = try scripts.python(
      """
      for line in sys.stdin:
          open(DIR + '/requests', 'a').write(line)
          print('{"score": 1}')
      """)
    let image = images(1)[0]
    let file = scripts.path("a.png")
    try PNG.write(image.image(), to: file)
    let digest = try RewardCache.freshDigest(ofFile: file)
    let inFile = RewardInput(name: file, path: file, digest: digest, image: image.image)
    _ = try programReward(line).outcomes(for: [image, inFile])
    _ = try programReward(line, images: .base64).outcomes(for: [inFile])
    let requests = try String(contentsOfFile: scripts.path("requests"), encoding: .utf8)
      .split(separator: "\n")
    let memory = Data(try PNG.encode(image.image(), level: 1)).base64EncodedString()
    let whole = try Data(contentsOf: URL(fileURLWithPath: file)).base64EncodedString()
    #expect(
      requests == [
        "{\"id\":\"0\",\"image\":{\"png_base64\":\"\(memory)\"},\"meta\":{\"seed\":\"0\"},"
          + "\"prompt\":\"image 0\"}",
        "{\"id\":\"1\",\"image\":{\"path\":\"\(file)\"},\"meta\":{},\"prompt\":null}",
        "{\"id\":\"0\",\"image\":{\"png_base64\":\"\(whole)\"},\"meta\":{},\"prompt\":null}",
      ])
  }

  @Test("may be sent and may send lines longer than pipes hold, while it floods standard error")
  func hugeLines() throws {
    let reward = try programReward(
      scripts.python(
        """
        for line in sys.stdin:
            sys.stderr.write('e' * 200_000)
            print(json.dumps({'score': len(line), 'extras': {'x' * 300_000: 1}}))
        """), batch: 8)
    var noise = SystemRandomNumberGenerator()
    let inputs = (0..<8).map { index in
      let pixels = (0..<3 * 160 * 160).map { _ in UInt8.random(in: 0...255, using: &noise) }
      return RewardInput(
        RGBImage(width: 160, height: 160, pixels: pixels), name: "\(index)", prompt: "noise")
    }
    let scores = try reward.outcomes(for: inputs).map { $0.score ?? 0 }
    #expect(scores.allSatisfy { $0 > 100_000 })
  }

  @Test("has its standard error passed on")
  func errorOutput() throws {
    nonisolated(unsafe) var said: [UInt8] = []
    let reward = try programReward(
      scripts.shell("echo hello >&2; while read -r line; do echo '{\"score\": 1}'; done"),
      change: { options in options.errorOutput = { said += $0 } })
    _ = try reward.outcomes(for: images(1))
    reward.end()
    #expect(String(decoding: said, as: UTF8.self) == "hello\n")
  }

  @Test("ends when its input ends, and leaves no zombie")
  func ends() throws {
    var reward: ExternalReward? = try programReward(
      scripts.shell("echo $$ > $DIR/pid; while read -r line; do echo '{\"score\": 1}'; done"))
    _ = try reward?.outcomes(for: images(1))
    let process = try #require(try scripts.number("pid"))
    #expect(isThere(process))
    reward = nil
    #expect(!isThere(process))
  }

  @Test("says by its passport which command line, program and script it is")
  func passport() throws {
    let line = try scripts.shell("true")
    let first = try programReward(line).passport
    #expect(first.reward == "command")
    #expect(first.facts["command"] == line)
    #expect(Set(first.facts.keys) == ["command", "program_sha256", "argument_1_sha256"])
    #expect(try programReward(line).passport == first)
    _ = try scripts.shell("false")
    let second = try programReward(line).passport
    #expect(first.facts["argument_1_sha256"] != second.facts["argument_1_sha256"])
  }

  @Test("says by its passport which files stand after an = sign, and looks into no folder or pipe")
  func passportOfOptions() throws {
    let line = try scripts.shell("true")
    let (weights, pipe) = (scripts.path("weights.pt"), scripts.path("pipe"))
    try Data([1]).write(to: URL(fileURLWithPath: weights))
    mkfifo(pipe, 0o600)
    let arguments = "\(line) --weights=\(weights) \(scripts.folder.path) \(pipe) --k=v"
    let first = try programReward(arguments).passport
    #expect(
      Set(first.facts.keys)
        == ["command", "program_sha256", "argument_1_sha256", "argument_2_sha256"])
    try Data([2]).write(to: URL(fileURLWithPath: weights))
    let second = try programReward(arguments).passport
    #expect(first.facts["argument_2_sha256"] != second.facts["argument_2_sha256"])
  }

  @Test("is not sent a file that is another by now")
  func changedFile() throws {
    let image = images(1)[0]
    let file = scripts.path("a.png")
    try PNG.write(image.image(), to: file)
    let input = RewardInput(name: file, path: file, digest: "other", image: image.image)
    let reward = try programReward(scripts.shell("cat"), images: .base64)
    #expect(
      try reward.outcomes(for: [input]).map(\.reason)
        == ["\(file) cannot be read: it has changed meanwhile; score it again"])
  }
}

@Suite("A reward program's command line")
struct ProgramCommandTests {
  @Test(
    "is split as a shell does it",
    arguments: [
      ("a b  c", ["a", "b", "c"]), ("a 'b c' \"d e\"", ["a", "b c", "d e"]),
      ("a\\ b \"\\\"x\\y\"", ["a b", "\"x\\y"]), ("a '' \"\"", ["a", "", ""]),
      ("'it'\\''s'", ["it's"]), ("", []),
    ] as [(String, [String])])
  func words(_ line: String, _ words: [String]) throws {
    #expect(try ProgramCommand.words(of: line) == words)
  }

  @Test(
    "is refused where there is nothing to start",
    arguments: [
      ("", "command: names no program: write a program after it, such as command:./score.py"),
      ("a 'b", "command:a 'b names no program: the quote ' is not closed"),
      ("a \\", "command:a \\ names no program: it ends in a backslash"),
      (
        "/no/such/thing --fast",
        "there is no reward program /no/such/thing; check the path after command:"
      ),
      (
        "no-such-thing",
        "no reward program no-such-thing was found along PATH; write its path after command: "
          + "(./no-such-thing if it is here)"
      ),
    ])
  func refused(_ line: String, _ text: String) {
    #expect(message { try programReward(line) } == text)
  }

  @Test("that names a file without permission says how to give it")
  func notExecutable() throws {
    let scripts = try RewardScripts()
    _ = try scripts.python("", name: "a.py")
    let path = scripts.path("a.py")
    #expect(
      message { try programReward(path) }
        == "the reward program \(path) may not be executed; chmod +x it, or name its interpreter "
        + "before it (command:python3 \(path))")
  }

  @Test("that names a file which is no program fails with the system's words")
  func noFormat() throws {
    let scripts = try RewardScripts()
    try Data([0x7F, 0x45, 0, 1, 2]).write(to: scripts.folder.appending(path: "odd"))
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: scripts.path("odd"))
    let reward = try programReward(scripts.path("odd"))
    let text = message { try reward.outcomes(for: images(1)) }
    #expect(text.hasPrefix("the reward program \(scripts.path("odd")) cannot be started: "))
  }
}
