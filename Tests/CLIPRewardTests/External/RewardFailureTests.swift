import CLIPReward
import Foundation
import Imaging
import TestSupport
import Testing

@Suite("A reward program that fails")
struct RewardFailureTests {
  let scripts: RewardScripts

  init() throws { scripts = try RewardScripts() }

  @Test(
    "for one image excludes that image alone",
    arguments: [
      ("{\"error\": \"no face\"}", "the command reward says: no face"),
      ("{\"error\": \"\\u001b[2J\"}", "the command reward says: \\u{1b}[2J"),
      ("{\"error\": 7}", "the command reward says: 7"),
      ("{\"score\": NaN}", "the command reward is not a finite number"),
      ("{\"score\": -Infinity}", "the command reward is not a finite number"),
      ("{\"score\": null}", "the command reward answers the score null, not a number"),
      ("{\"score\": \"0.5\"}", "the command reward answers the score \"0.5\", not a number"),
      ("{\"score\": true}", "the command reward answers the score true, not a number"),
      ("{\"id\": \"1\"}", "the command reward answers without a score"),
    ])
  func oneImage(_ answer: String, _ reason: String) throws {
    let reward = try programReward(
      scripts.python(
        """
        for line in sys.stdin:
            item = json.loads(line)
            if item['prompt'] == 'image 1':
                print(r'''\(answer)''')
            else:
                print('{"score": 4, "extras": {"a": 1, "b": "x", "c": NaN}}')
        """))
    let outcomes = try reward.outcomes(for: images(3))
    #expect(outcomes.map(\.score) == [4, nil, 4])
    #expect(outcomes[1].reason == reason)
    #expect(outcomes[0] == .score(4, details: ["a": 1]))
  }

  @Test("for every image by an answer of its own is no failure of the reward")
  func everyImage() throws {
    let reward = try programReward(
      scripts.shell("while read -r line; do echo '{\"error\": \"dull\"}'; done"))
    #expect(
      try reward.outcomes(for: images(2)).map(\.reason)
        == Array(repeating: "the command reward says: dull", count: 2))
  }

  @Test("by dying tells how many it answered, its exit status and last words")
  func dies() throws {
    let reward = try programReward(
      scripts.python(
        """
        for k in range(2):
            sys.stdin.readline()
            print('{"score": 1}')
        sys.exit('out of\\nluck')
        """))
    let outcomes = try reward.outcomes(for: images(4))
    #expect(outcomes.map(\.score) == [1, 1, nil, nil])
    let reason =
      "the command reward ended with exit status 1 after it answered 2 of 4 images; "
      + "its last words: “out of / luck”"
    #expect(outcomes[2].reason == reason && outcomes[3].reason == reason)
  }

  @Test("by a signal names the signal")
  func signal() throws {
    let reward = try programReward(scripts.shell("read -r line; kill -9 $$"))
    #expect(
      message { try reward.outcomes(for: images(2)) }
        == "the command reward was ended by signal 9 (Killed) after it answered 0 of 2 images")
  }

  @Test("by too few lines tells how many there were")
  func tooFew() throws {
    let reward = try programReward(
      scripts.shell("read -r a; read -r b; read -r c; echo '{\"id\": \"0\", \"score\": 1}'"))
    #expect(
      try reward.outcomes(for: images(3)).map(\.reason)[2]
        == "the command reward ended with exit status 0 after it answered 1 of 3 images")
  }

  @Test("at one image again and again loses that image alone")
  func poison() throws {
    let reward = try programReward(
      scripts.python(
        """
        for line in sys.stdin:
            item = json.loads(line)
            if item['prompt'] == 'image 1': os._exit(9)
            print(json.dumps({'id': item['id'], 'score': 1}))
        """), retries: 1)
    let outcomes = try reward.outcomes(for: images(4))
    #expect(outcomes.map(\.score) == [1, nil, 1, 1])
    #expect(
      outcomes[1].reason
        == "the command reward ended with exit status 9 after it answered 2 of 3 images")
  }

  @Test("by ending early is started again for the rest")
  func startedAgain() throws {
    let reward = try programReward(
      scripts.shell("echo x >> $DIR/starts; read -r line; echo '{\"score\": 3}'"), retries: 2)
    #expect(try reward.outcomes(for: images(3)).map(\.score) == [3, 3, 3])
    let starts = try String(contentsOfFile: scripts.path("starts"), encoding: .utf8)
    // Once more than it is tried: after the first end nobody knows which image it answered for.
    #expect(starts == "x\nx\nx\nx\n")
  }

  @Test("by hanging is killed with all that it started")
  func hangs() throws {
    let reward = try programReward(
      scripts.shell(
        """
        trap '' TERM
        read -r line; echo '{"id": "0", "score": 1}'
        sleep 60 & echo $! > $DIR/child
        echo $$ > $DIR/pid
        wait
        """), timeout: 0.5)
    let outcomes = try reward.outcomes(for: images(2))
    #expect(outcomes[0].score == 1)
    #expect(
      outcomes[1].reason
        == "the command reward answered 1 of 2 images within 0.5 s and was killed; "
        + "does it flush its output after every line?")
    for name in ["pid", "child"] {
      let process = try #require(try scripts.number(name))
      // The child's parent is gone: whoever takes orphans over has to bury it.
      let state = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
      #expect(!isThere(process) || state?.contains(") Z ") == true)
    }
  }

  @Test("by garbage has the line quoted, fit for a terminal and cut")
  func garbage() throws {
    let reward = try programReward(
      scripts.python("print('Loading\\x1b[31m model ' + 'x' * 300); time.sleep(60)"))
    #expect(
      message { try reward.outcomes(for: images(1)) }
        == "the command reward answered what is no JSON (expected a value at byte 0): "
        + "“Loading\\u{1b}[31m model \(String(repeating: "x", count: 181))…”; only answers may go "
        + "to its standard output, anything else to standard error")
  }

  @Test(
    "by answering what it was not asked says so",
    arguments: [
      ("[1]", "answered what is no JSON object: “[1]”"),
      (
        "{\"status\": \"loading\"}",
        "answered with neither id nor score nor error: “{\"status\": \"loading\"}”"
      ),
      (
        "{\"id\": null, \"score\": 1}",
        "answered with an id that is no text: “{\"id\": null, \"score\": 1}”"
      ),
      (
        "{\"id\": [\"0\"], \"score\": 1}",
        "answered with an id that is no text: “{\"id\": [\"0\"], \"score\": 1}”"
      ),
      (
        "{\"id\": \"x\", \"score\": 1}",
        "answered for the id x, which it was not asked for: “{\"id\": \"x\", \"score\": 1}”"
      ),
    ])
  func notAsked(_ line: String, _ text: String) throws {
    let reward = try programReward(scripts.shell("read -r x; echo '\(line)'; sleep 60"))
    #expect(
      message { try reward.outcomes(for: images(1)) } == "the command reward \(text)")
  }

  @Test("by a line too many has none of its answers believed that have no id")
  func tooMany() throws {
    let body = """
      for line in sys.stdin:
          answer = '{(id)"score": 1}\\n'
          sys.stdout.write(answer + '{"score": 2}\\n'); sys.stdout.flush()
      """
    let inOrder = try programReward(
      scripts.python(body.replacing("(id)", with: "")))
    #expect(
      message { try inOrder.outcomes(for: images(1)) }
        == "the command reward answered more often than it was asked: “{\"score\": 2}”")
    let byID = try programReward(
      scripts.python(body.replacing("(id)", with: "\"id\": 0, "), name: "ids.py"))
    #expect(try byID.outcomes(for: images(1)).map(\.score) == [1])
  }

  @Test("to answer for one of a batch without ids shifts nobody's score")
  func skips() throws {
    let reward = try programReward(
      scripts.python(
        """
        for line in sys.stdin:
            number = int(json.loads(line)['prompt'].split()[-1])
            if number != 1: print(json.dumps({'score': number}))
        """), timeout: 3, retries: 2)
    let outcomes = try reward.outcomes(for: images(4))
    #expect(outcomes.map(\.score) == [0, nil, 2, 3])
    #expect(
      outcomes[1].reason
        == "the command reward answered 3 of 4 images within 3 s and was killed; "
        + "does it flush its output after every line?")
  }

  @Test("at one image when all others have scores already loses that image alone")
  func poisonAlone() throws {
    let line = try scripts.python(
      """
      for line in sys.stdin:
          item = json.loads(line)
          if item['prompt'] == 'image 1': os._exit(9)
          print(json.dumps({'id': item['id'], 'score': 1}))
      """)
    let store = MemoryScoreStore()
    for _ in 0..<2 {
      // A second process finds the others' scores in the store.
      let reward = CachedReward(try programReward(line, retries: 1), store: store)
      #expect(try reward.outcomes(for: images(3)).map(\.score) == [1, nil, 1])
    }
    let reward = try programReward(line)
    #expect(try reward.outcomes(for: Array(images(1))).map(\.score) == [1])
    #expect(
      try reward.outcomes(for: Array(images(2)[1...])).map(\.reason)
        == ["the command reward ended with exit status 9 after it answered 0 of 1 image"])
  }

  @Test("for want of memory is no fault of the image")
  func outOfMemory() throws {
    let reward = try programReward(scripts.shell("cat"), images: .base64)
    let failure = ImagingError.outOfMemory(source: "large.png")
    let large = RewardInput(name: "large.png", digest: "") { throw failure }
    #expect(throws: failure) { try reward.outcomes(for: [large]) }
  }

  @Test("by never reading does not kill us, however much it was sent")
  func neverReads() throws {
    let reward = try programReward(scripts.shell("exec <&-; exit 4"), images: .base64)
    var noise = SystemRandomNumberGenerator()
    let pixels = (0..<3 * 300 * 300).map { _ in UInt8.random(in: 0...255, using: &noise) }
    let large = RewardInput(RGBImage(width: 300, height: 300, pixels: pixels), name: "large")
    #expect(
      message { try reward.outcomes(for: [large, large]) }
        == "the command reward ended with exit status 4 after it answered 0 of 2 images")
  }

  @Test("at the start of every batch ends the call, and is not tried for ever")
  func givesUp() throws {
    let reward = try programReward(
      scripts.shell("echo x >> $DIR/starts; exit 1"), retries: 1, batch: 1)
    let failure = ExternalRewardError.failed(
      reason: "the command reward ended with exit status 1 after it answered 0 of 1 image",
      mayPass: true)
    #expect(throws: failure) { try reward.outcomes(for: images(50)) }
    let starts = try String(contentsOfFile: scripts.path("starts"), encoding: .utf8)
    #expect(starts == "x\nx\n")
  }

  @Test("for good in the middle excludes the rest, after two batches untried")
  func failsInTheMiddle() throws {
    let reward = try programReward(
      scripts.python(
        """
        if os.path.exists(DIR + '/begun'): sys.exit(1)
        open(DIR + '/begun', 'w')
        sys.stdin.readline()
        print('{"score": 1}')
        """), batch: 1)
    let outcomes = try reward.outcomes(for: images(4))
    #expect(outcomes.map(\.score) == [1, nil, nil, nil])
    #expect(
      outcomes[3].reason
        == "not tried: the command reward ended with exit status 1 after it answered 0 of 1 image")
  }

  @Test("to be waited for can be stopped, which ends it")
  func stopped() throws {
    let reward = try programReward(
      scripts.shell("echo $$ > $DIR/pid; sleep 60"),
      change: { [path = scripts.path("pid")] options in
        options.shouldStop = {
          (try? String(contentsOfFile: path, encoding: .utf8))?.hasSuffix("\n") == true
        }
      })
    #expect(throws: ExternalRewardError.stopped) { try reward.outcomes(for: images(1)) }
    let process = try #require(try scripts.number("pid"))
    #expect(!isThere(process))
  }

  @Test("to get an image that cannot be decoded is not asked about it")
  func unreadable() throws {
    let reward = try programReward(
      scripts.shell("while read -r line; do echo '{\"score\": 1}'; done"), images: .base64)
    let broken = RewardInput(name: "broken.png", digest: "") {
      throw ImagingError.truncated(source: "broken.png", format: "PNG")
    }
    let outcomes = try reward.outcomes(for: [broken] + images(1))
    #expect(
      outcomes == [
        .excluded(
          .unreadable("broken.png is a PNG image that ends too early; copy or make it again")),
        .score(1),
      ])
  }

  @Test("to be told paths excludes images that are in no file")
  func noPath() throws {
    let reward = try programReward(scripts.shell("true"), images: .path)
    #expect(
      try reward.outcomes(for: images(1)).map(\.reason)
        == ["the image is in no file, and the reward takes images by path only"])
  }
}
