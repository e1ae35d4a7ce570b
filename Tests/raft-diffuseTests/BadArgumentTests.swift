import Foundation
import Testing

/// Arguments and small input files that cannot be meant.
struct BadArgumentTests {
  static let usage = """
    Usage: raft-diffuse sample <options>
      See 'raft-diffuse sample --help' for more information.

    """

  struct Case: CustomTestStringConvertible, Sendable {
    let arguments: [String]
    let message: String
    var testDescription: String { arguments.joined(separator: " ") }

    init(_ arguments: [String], _ message: String) {
      (self.arguments, self.message) = (arguments, message)
    }
  }

  static let parsed: [Case] = [
    Case([], "Give a prompt with --prompt, or a file of them with --prompts."),
    Case(["--prompt", "x", "--steps", "0"], "--steps must be at least 1."),
    Case(["--prompt", "x", "--guidance", "nan"], "--guidance must be a number from 0 up."),
    Case(["--prompt", "x", "--guidance=-1"], "--guidance must be a number from 0 up."),
    Case(["--prompt", "x", "--eta", "2"], "--eta must lie in 0…1."),
    Case(["--prompt", "x", "--clip-skip", "0"], "--clip-skip must be at least 1."),
    Case(["--prompt", "x", "--batch", "0"], "--batch must be at least 1."),
    Case(["--prompt", "x", "--threads", "0"], "--threads must lie in 1…1024."),
    Case(
      ["--prompt", "x", "--images-per-prompt", "0"], "--images-per-prompt must lie in 1…10000."),
    Case(
      ["--prompt", "x", "--seed", "4294967295", "--images-per-prompt", "2"],
      "--seed plus --images-per-prompt must stay below 2³²."),
    Case(
      ["--prompt", "x", "--device", "gpu"],
      "“gpu” is no device; use auto, cpu, cuda, cuda:0 … or mps"),
    Case(
      ["--prompt", "x", "--seed", "4294967296"],
      """
      The value '4294967296' is invalid for '--seed <n>'
      Help:  --seed <n>  Seed of a prompt's first image, 0…4294967295; the next ones count up. Drawn \
      and reported if absent.
      """),
    Case(
      ["--prompt", "x", "--res", "0"],
      """
      The value '0' is invalid for '--res <size>'
      Help:  --res <size>  Size in pixels, N or WxH, multiples of 8 up to 16384.
      """),
    Case(
      ["--prompt", "x", "--res", "100000x64"],
      """
      The value '100000x64' is invalid for '--res <size>'
      Help:  --res <size>  Size in pixels, N or WxH, multiples of 8 up to 16384.
      """),
    Case(
      ["--prompt", "-x"],
      """
      Missing value for '--prompt <text>'
      Help:  --prompt <text>  What the image should show; may be repeated. Write --prompt=TEXT if it \
      begins with -.
      """),
    Case(
      ["--prompt", "x", "--sampler", "unipc"],
      """
      The value 'unipc' is invalid for '--sampler <sampler>'. Please provide one of the following:
        - ddim
        - pndm
        - euler
        - euler-a
        - dpm++2m
        - dpm++2m-karras
        - ddpm
      Help:  --sampler <sampler>  The sampler; by default the checkpoint's own.
      """),
    Case(["--prompt", "x", "--stpes", "3"], "Unknown option '--stpes'. Did you mean '--steps'?"),
  ]

  @Test("arguments that cannot be parsed are told with the usage", arguments: parsed)
  func refusedAtOnce(_ test: Case) throws {
    let run = try Command.run(["sample", "--model", "nowhere"] + test.arguments)
    #expect(run.status == 64)
    #expect(run.errors == "raft-diffuse: \(test.message)\n\(Self.usage)")
    #expect(run.output == "")
  }

  static let checked: [Case] = [
    Case(
      ["--res", "65"],
      """
      65x65 cannot be made: width and height must be multiples of 8 from 8 up; the nearest is 64x64
      """),
    Case(["--steps", "1001"], "1001 steps cannot be taken; ask for 1 to 1000"),
    Case(
      ["--sampler", "euler", "--eta", "0.5"],
      "eta is 0.5, and euler has none; leave it at 0 or sample with ddim"),
    Case(
      ["--clip-skip", "3"],
      "clip skip 3 is out of range: the text encoder has 2 blocks, so it is 1…2"),
    Case(
      ["--grid", "a.png", "--save-latents", "a.png"],
      "--grid and --save-latents name the same file; name two"),
    Case(
      ["--device", "mps"], "there is no device mps here: this is not a Mac with an Apple GPU"),
  ]

  @Test("what only the model can tell is usage too", arguments: checked)
  func refusedLater(_ test: Case) throws {
    let folder = try TestFolder()
    let run = try folder.sample(["--prompt", "x"] + test.arguments)
    #expect(run.status == 64)
    #expect(run.errors == "raft-diffuse: \(test.message)\n")
    #expect(folder.files.isEmpty)
    #expect(!folder.exists("images"))
  }

  @Test("prompt files that hold no prompts")
  func promptFiles() throws {
    let folder = try TestFolder()
    try folder.write("", to: "empty")
    try folder.write("# only\n\n  # comments\n", to: "comments")
    try folder.write(Data([0x66, 0xFC, 0x63, 0x68, 0x73]), to: "latin1")
    try folder.write("a\0b", to: "binary")
    try folder.write("", to: "folder/x")
    let cases: [(String, Int32, String)] = [
      ("empty", 65, "empty holds no prompt; write one a line"),
      ("comments", 65, "comments holds no prompt; write one a line"),
      ("latin1", 65, "latin1 is not UTF-8 text; save the prompts as UTF-8"),
      ("binary", 65, "binary holds a NUL character; is it a file of prompts?"),
      ("folder", 65, "folder is a folder, not a file of prompts; name a file in it"),
      ("nowhere", 66, "nowhere does not exist; check --prompts"),
    ]
    for (file, status, message) in cases {
      let run = try folder.sample(["--prompts", file])
      #expect(run.status == status)
      #expect(run.errors == "raft-diffuse: \(message)\n")
      #expect(!folder.exists("images"))
    }
  }

  @Test("`raft-diffuse` alone and `help` print the help, an unknown subcommand is told")
  func unknown() throws {
    let alone = try Command.run([])
    #expect(alone.status == 0)
    #expect(alone.output == (try Command.run(["--help"])).output)
    let run = try Command.run(["sampel"])
    #expect(run.status == 64)
    #expect(
      run.errors == """
        raft-diffuse: Unexpected argument 'sampel'
        Usage: raft-diffuse <subcommand>
          See 'raft-diffuse --help' for more information.

        """)
  }

  @Test(
    "help is as it was reviewed",
    arguments: [
      ("help", ["--help"]), ("help-sample", ["sample", "--help"]),
      ("help-score", ["score", "--help"]), ("help-compare", ["compare", "--help"]),
      ("help-tune", ["tune", "--help"]), ("help-rerank", ["rerank", "--help"]),
      ("help-lora", ["lora", "--help"]), ("help-lora-inspect", ["lora", "inspect", "--help"]),
      ("help-lora-convert", ["lora", "convert", "--help"]),
      ("help-lora-merge", ["lora", "merge", "--help"]),
      ("help-lora-diff", ["lora", "diff", "--help"]),
    ])
  func help(_ name: String, _ arguments: [String]) throws {
    let file = TestFolder.fixtures.appending(path: "\(name).txt")
    let run = try Command.run(arguments, environment: ["COLUMNS": "80"])
    #expect(run.status == 0)
    #expect(run.output == (try String(contentsOf: file, encoding: .utf8)))
  }
}
