import CLIPReward
import Foundation
import Imaging
import TestSupport
import Testing

@Suite("A reward over HTTP")
struct HTTPRewardTests {
  let scripts: RewardScripts

  init() throws { scripts = try RewardScripts() }

  static let scores =
    "[{'id': i['id'], 'score': int(i['prompt'].split()[-1])} for i in reversed(items)]"

  @Test(
    "answers a list, bare or called items or results, in any order by id",
    arguments: ["{'items': \(scores)}", "{'results': \(scores)}", scores])
  func forms(_ answer: String) throws {
    let server = try RewardServer(scripts, "self.reply(200, \(answer))")
    let outcomes = try server.reward(batch: 2).outcomes(for: images(5))
    #expect(outcomes.map(\.score) == [0, 1, 2, 3, 4])
    #expect(try server.posts == 3)
  }

  @Test("says by its passport its address, without a password, and what it tells of itself")
  func passport() throws {
    let server = try RewardServer(
      scripts, "", passport: "{'model': 'x', 'version': 3, 'weights': ['no text']}")
    let address = server.address.replacing("http://", with: "http://me:secret@")
    let passport = try ExternalReward(address: address, options: shortOptions()).passport
    #expect(
      passport
        == RewardPassport(
          reward: "http",
          facts: ["address": server.address, "service_model": "x", "service_version": "3"]))
    #expect(
      try String(contentsOfFile: scripts.path("gets"), encoding: .utf8) == "/score/passport\n")
  }

  @Test("needs no passport")
  func noPassport() throws {
    let server = try RewardServer(scripts, "")
    let reward = try server.reward()
    #expect(reward.passport.facts == ["address": server.address])
    #expect(!reward.statesPassport)
  }

  @Test("that is busy is asked for its passport again", arguments: [500, 503, 429, 408])
  func busyPassport(_ status: Int) throws {
    let server = try RewardServer(
      scripts, "", passport: "\(status) if Handler.asked < 2 else {'model': 'x'}")
    let reward = try server.reward(retries: 1)
    #expect(reward.passport.facts["service_model"] == "x" && reward.statesPassport)
    let other = try RewardServer(scripts, "", passport: "\(status)")
    let failure = ExternalRewardError.failed(
      reason: "the http reward at \(other.address) answered with status \(status): “\(status)”",
      mayPass: true)
    #expect(throws: failure) { try other.reward(retries: 1) }
  }

  @Test("takes a body of megabytes without a pause")
  func large() throws {
    let server = try RewardServer(
      scripts, "self.reply(200, [{'score': len(i['image']['png_base64'])} for i in items])")
    var noise = SystemRandomNumberGenerator()
    let inputs = (0..<4).map { index in
      let pixels = (0..<3 * 500 * 500).map { _ in UInt8.random(in: 0...255, using: &noise) }
      return RewardInput(RGBImage(width: 500, height: 500, pixels: pixels), name: "\(index)")
    }
    #expect(try server.reward().outcomes(for: inputs).allSatisfy { ($0.score ?? 0) > 900_000 })
  }

  @Test("on this machine is reached past a proxy")
  func proxy() throws {
    let server = try RewardServer(scripts, "self.reply(200, \(Self.scores))")
    setenv("http_proxy", "http://127.0.0.1:9", 1)
    defer { unsetenv("http_proxy") }
    #expect(try server.reward().outcomes(for: images(2)).map(\.score) == [0, 1])
  }

  @Test("that is overloaded is asked again", arguments: [500, 503, 429])
  func overloaded(_ status: Int) throws {
    let server = try RewardServer(
      scripts, "self.reply(\(status), b'busy') if call < 2 else self.reply(200, \(Self.scores))")
    #expect(try server.reward(retries: 2).outcomes(for: images(2)).map(\.score) == [0, 1])
    #expect(try server.posts == 3)
  }

  @Test("that refuses is not asked again")
  func refuses() throws {
    let server = try RewardServer(scripts, "self.reply(422, {'error': 'no meta'})")
    let failure = ExternalRewardError.failed(
      reason: "the http reward at \(server.address) answered with status 422: "
        + "“{\"error\": \"no meta\"}”", mayPass: false)
    #expect(throws: failure) { try server.reward(retries: 2).outcomes(for: images(2)) }
    #expect(try server.posts == 1)
  }

  @Test("that answers garbage has it quoted")
  func garbage() throws {
    let server = try RewardServer(scripts, "self.reply(200, b'<html>')")
    #expect(
      message { try server.reward().outcomes(for: images(1)) }
        == "the http reward answered what is no JSON (expected a value at byte 0): “<html>”")
    let other = try RewardServer(scripts, "self.reply(200, {'scores': [1]})")
    #expect(
      message { try other.reward().outcomes(for: images(1)) }
        == "the http reward answered without a list called items: “{\"scores\": [1]}”")
  }

  @Test("that answers too little is asked for the rest, which is excluded when it stays away")
  func tooFew() throws {
    let server = try RewardServer(
      scripts, "self.reply(200, [{'id': items[0]['id'], 'score': 7}])")
    let outcomes = try server.reward(retries: 1).outcomes(for: images(3))
    #expect(outcomes.compactMap(\.score) == [7, 7])
    #expect(
      outcomes.compactMap(\.reason) == ["the http reward answered 1 of 2 images"])
    #expect(try server.posts == 2)
  }

  @Test("that answers too little or too much without ids is not believed at all", arguments: [2, 4])
  func countWithoutIDs(_ count: Int) throws {
    let server = try RewardServer(
      scripts, "self.reply(200, [{'score': k} for k in range(\(count))])")
    #expect(
      message { try server.reward(retries: 1).outcomes(for: images(3)) }
        == "the http reward answered \(count) times for 3 images without saying for which; "
        + "give each answer its request's id")
    #expect(try server.posts == 2)
  }

  @Test("that hangs is given up after the timeout")
  func hangs() throws {
    let server = try RewardServer(scripts, "time.sleep(60)")
    #expect(
      message { try server.reward(timeout: 0.3).outcomes(for: images(1)) }
        == "the http reward at \(server.address) did not answer within 0.3 s")
  }

  @Test("that breaks the connection off is asked again")
  func breaksOff() throws {
    let server = try RewardServer(
      scripts, "self.reply(200, \(Self.scores)) if call else self.connection.close()")
    #expect(try server.reward(retries: 1).outcomes(for: images(2)).map(\.score) == [0, 1])
    let broken = try RewardServer(scripts, "self.connection.close()")
    #expect(
      message { try broken.reward().outcomes(for: images(1)) }
        == "the http reward at \(broken.address) broke the connection off")
  }

  @Test("that is not there is found out at once, before any image is made or read")
  func notThere() throws {
    let address: String
    do {
      let server = try RewardServer(scripts, "")
      address = server.address
    }
    let failure = ExternalRewardError.failed(
      reason: "the http reward at \(address) does not accept connections; is the service running?",
      mayPass: true)
    #expect(throws: failure) {
      try ExternalReward(address: address, options: shortOptions(retries: 1))
    }
  }

  @Test(
    "has an address that begins with http:// or https://",
    arguments: ["http://", "ftp://host/x", "http:/score", "localhost:80", "http://a b"])
  func badAddress(_ address: String) {
    #expect(
      message { try ExternalReward(address: address) }
        == "\(address) is no address of a reward service; write http://host:port/path or https://…")
  }
}

@Suite("A reward whose scores are kept")
struct CachedRewardTests {
  @Test("is asked once about each different image, and about failures again")
  func asksOnce() throws {
    let scripts = try RewardScripts()
    let line = try scripts.python(
      """
      for line in sys.stdin:
          item = json.loads(line)
          open(DIR + '/asked', 'a').write(item['prompt'] + ',')
          print('{"error": "no"}' if item['prompt'] == 'image 1' else '{"score": 2}')
      """)
    let store = MemoryScoreStore()
    let reward = CachedReward(try programReward(line), store: store)
    let inputs = images(2) + images(3)
    #expect(try reward.outcomes(for: inputs).map(\.score) == [2, nil, 2, nil, 2])
    #expect(try reward.outcomes(for: inputs).map(\.score) == [2, nil, 2, nil, 2])
    // Another prompt, or other metadata, is another question.
    let image = images(1)[0]
    let other = RewardInput(name: "o", prompt: "other", digest: image.digest, image: image.image)
    #expect(try reward.outcomes(for: [other]).map(\.score) == [2])
    let asked = try String(contentsOfFile: scripts.path("asked"), encoding: .utf8)
    #expect(asked == "image 0,image 1,image 2,image 1,other,")
  }
}

@Suite("The example rewards")
struct RewardExampleTests {
  static let examples = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appending(path: "../../../examples").standardizedFileURL.path

  /// Hasler and Süsstrunk's colourfulness.
  static func colourfulness(_ image: RGBImage) -> Double {
    let pixels = stride(from: 0, to: image.pixels.count, by: 3).map { at in
      (0..<3).map { Double(image.pixels[at + $0]) }
    }
    func moments(_ values: [Double]) -> (mean: Double, variance: Double) {
      let mean = values.reduce(0, +) / Double(values.count)
      let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      return (mean, squares / Double(values.count))
    }
    let rg = moments(pixels.map { $0[0] - $0[1] })
    let yb = moments(pixels.map { ($0[0] + $0[1]) / 2 - $0[2] })
    return (rg.variance + yb.variance).squareRoot()
      + 0.3 * (rg.mean * rg.mean + yb.mean * yb.mean).squareRoot()
  }

  static var noise: [RewardInput] {
    (1...3).map { side in
      let pixels = (0..<3 * side * (side + 4)).map { UInt8(truncatingIfNeeded: $0 &* $0 &* side) }
      return RewardInput(RGBImage(width: side, height: side + 4, pixels: pixels), name: "\(side)")
    }
  }

  @Test("in Python gives the same by both ways, and what it says it measures")
  func python() throws {
    let scripts = try RewardScripts()
    let file = "\(Self.examples)/reward_server.py"
    let server = try RewardServer(scripts, command: ["python3", file, "--port", "0"]) { line in
      String(line.split(separator: " ").last ?? "")
    }
    let byLines = try programReward("python3 '\(file)' --stdio").outcomes(for: Self.noise)
    let byHTTP = try server.reward().outcomes(for: Self.noise)
    #expect(byLines == byHTTP)
    for (input, outcome) in zip(Self.noise, byLines) {
      let expected = Self.colourfulness(try input.image())
      #expect(abs((outcome.score ?? -1) - expected) < 1e-9 * (1 + expected))
    }
    #expect(try server.reward().passport.facts["service_measure"] == "colourfulness")
  }

  @Test("in shell gives minus the file's size")
  func shell() throws {
    let scripts = try RewardScripts()
    let file = scripts.path("a.png")
    try PNG.write(Self.noise[0].image(), to: file)
    let input = RewardInput(
      name: file, path: file, prompt: "a", digest: "", image: Self.noise[0].image)
    let outcomes = try programReward("'\(Self.examples)/reward_filesize.sh'")
      .outcomes(for: [input] + images(1))
    let size = try Data(contentsOf: URL(fileURLWithPath: file)).count
    #expect(outcomes[0] == .score(Double(-size)))
    #expect(outcomes[1].reason == "the command reward says: no file that sed can find")
  }
}
