import CLIPReward
import Foundation

/// A reward service on this machine, in Python.
final class RewardServer {
  let address: String
  private let process = Process()
  private let scripts: RewardScripts

  /// A service whose POST runs `body`, which sees `self`, `items` (the requests) and `call` (from
  /// 0), and answers by `self.reply(status, value)`. `passport` is what it tells of itself, or the
  /// status that it answers with instead.
  convenience init(_ scripts: RewardScripts, _ body: String, passport: String = "None") throws {
    let indented = (body.isEmpty ? "pass" : body).split(
      separator: "\n", omittingEmptySubsequences: false
    )
    .map { "            \($0)" }.joined(separator: "\n")
    let line = try scripts.python(
      """
      import http.server
      class Handler(http.server.BaseHTTPRequestHandler):
          calls = asked = 0
          def reply(self, status, value):
              data = value if isinstance(value, bytes) else json.dumps(value).encode()
              self.send_response(status)
              self.send_header('Content-Length', str(len(data)))
              self.end_headers()
              self.wfile.write(data)
          def do_GET(self):
              open(DIR + '/gets', 'a').write(self.path + '\\n')
              Handler.asked += 1
              passport = \(passport)
              status = passport if isinstance(passport, int) else 404 if passport is None else 200
              self.reply(status, passport)
          def do_POST(self):
              text = self.rfile.read(int(self.headers['Content-Length']))
              open(DIR + '/posts', 'ab').write(text + b'\\n')
              items, call = json.loads(text)['items'], Handler.calls
              Handler.calls += 1
              if True:
      \(indented)
          def log_message(self, *arguments): pass
      server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
      print(server.server_address[1], flush=True)
      server.serve_forever()
      """, name: "server.py")
    try self.init(scripts, command: line.split(separator: " ").map(String.init)) { port in
      "http://127.0.0.1:\(port)/score"
    }
  }

  /// A service that says in its first line where it listens.
  init(_ scripts: RewardScripts, command: [String], address: (String) -> String) throws {
    self.scripts = scripts
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = command
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    var line = ""
    while !line.hasSuffix("\n") {
      let piece = output.fileHandleForReading.availableData
      guard !piece.isEmpty else { break }
      line += String(decoding: piece, as: UTF8.self)
    }
    self.address = address(line.trimmingCharacters(in: .whitespacesAndNewlines))
  }

  deinit {
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  /// The reward, with short times.
  func reward(
    timeout: Double = 20, retries: Int = 0, batch: Int = 16,
    images: ExternalRewardOptions.ImageForm = .automatic
  ) throws -> ExternalReward {
    try ExternalReward(
      address: address,
      options: shortOptions(timeout: timeout, retries: retries, batch: batch, images: images))
  }

  /// How many batches were posted.
  var posts: Int {
    get throws {
      try String(contentsOfFile: scripts.path("posts"), encoding: .utf8)
        .split(separator: "\n").count
    }
  }
}
