import Foundation
import Imaging
import NN
import Testing
import Torch

/// `compare` on a tiny model, as a user calls it.
@Suite(.serialized)
struct CompareTests {
  let folder: TestFolder

  init() throws {
    folder = try TestFolder()
    try Self.writeAdapter(to: folder.path("a.safetensors"), seed: 1)
    try folder.write(
      (1...9).map { "a picture of thing \($0)" }.joined(separator: "\n"), to: "prompts.txt")
  }

  /// Compares at 64 x 64 in two steps, over nine prompts and two seeds unless told otherwise.
  private func compare(
    _ arguments: [String], prompts: [String] = ["--prompts", "prompts.txt", "--seeds", "2"],
    quiet: Bool = true
  ) throws -> Command.Run {
    let model = [
      "--model", TestFolder.model, "--res", "64", "--steps", "2", "--precision", "fp32",
      "--threads", "1", "--reward", "jpeg-size", "--no-cache", "--out", "out",
    ]
    return try Command.run(
      ["compare"] + model + prompts + arguments + (quiet ? ["--quiet"] : []), in: folder.root)
  }

  private func report() throws -> [String: Any] {
    try JSONSerialization.jsonObject(with: folder.data("out/compare.json")) as? [String: Any] ?? [:]
  }

  private func findings() throws -> [[String: Any]] {
    try #require(try report()["findings"] as? [[String: Any]])
  }

  @Test("an adapter compared with itself shows no difference, and a planted one is found")
  func differences() throws {
    let run = try compare(["--lora", "a.safetensors:6", "--lora", "none=a.safetensors:0"])
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.errors == "")
    let findings = try findings()
    #expect(findings.map { $0["arm"] as? String } == ["a@6.0", "none"])
    let planted = try #require(findings.first)
    let interval = try #require(planted["interval"] as? [Double])
    #expect(interval[0] > 0 || interval[1] < 0)
    #expect(try #require(planted["p_holm"] as? Double) < 0.05)
    #expect(planted["p_method"] as? String == "exact")
    #expect(planted["pairs"] as? Int == 18)
    #expect(planted["prompts"] as? Int == 9)
    let same = findings[1]
    #expect(same["difference"] as? Double == 0)
    #expect(same["interval"] as? [Double] == [0, 0])
    #expect(same["p"] as? Double == 1)
    #expect(same["ties"] as? Int == 18)
    #expect(run.lines.first == "jpeg-size")
    #expect(run.lines[1].hasPrefix("arm "))
    #expect(run.lines.contains { $0.hasPrefix("base, best of 2") })
    let best = try #require((try report()["base_best_of"] as? [[String: Any]])?.first)
    #expect(best["n"] as? Int == 2)
    #expect(try #require(best["difference"] as? Double) > 0)
  }

  @Test("each arm's images are those that sample makes, and say so")
  func images() throws {
    let one = ["--prompt", "a red fox", "--seed", "5", "--seeds", "1"]
    #expect(try compare(["--lora", "half=a.safetensors:0.5"], prompts: one).status == 0)
    #expect(
      folder.files.filter { $0.hasPrefix("out/") } == [
        "out/compare.html", "out/compare.json", "out/grid.png", "out/images/base/000-5.png",
        "out/images/half/000-5.png", "out/scores.jsonl",
      ])
    let path = "out/images/half/000-5.png"
    let report = try Command.run(["inspect", "--json", path], in: folder.root).json()
    let record = try #require(report["record"] as? [String: Any])
    let command = try #require(record["command"] as? [String])
    #expect(
      try Command.run(command.dropFirst() + ["--out", "again", "--quiet"], in: folder.root).status
        == 0)
    #expect(try PNG.read(folder.path("again/000-5.png")) == PNG.read(folder.path(path)))
    let grid = try PNG.read(folder.path("out/grid.png"))
    #expect(grid.width > 2 * 64)
    let page = try String(decoding: folder.data("out/compare.html"), as: UTF8.self)
    #expect(page.contains("half cannot be told from the base by jpeg-size"))
    #expect(page.contains("no interval: 1 prompt is fewer than the 8 that one can stand on"))
  }

  @Test("a second call makes and scores nothing that is there")
  func resumes() throws {
    let arguments = ["--lora", "a.safetensors:6", "--batch", "1"]
    let first = try compare(arguments)
    #expect(first.status == 0)
    let before = try times()
    let report = try folder.data("out/compare.json")
    try FileManager.default.removeItem(at: folder.url("out/images/base/003-7.png"))
    let again = try compare(arguments, quiet: false)
    #expect(again.output == first.output)
    #expect(again.errors.contains("step 3/3 · base, image 1 of 1 · "))
    #expect(try folder.data("out/compare.json") == report)
    let after = try times()
    #expect(after.keys.sorted() == before.keys.sorted())
    #expect(after.filter { before[$0.key] != $0.value }.keys.sorted() == ["base/003-7.png"])
    let last = try compare(arguments, quiet: false)
    #expect(last.errors == "")
    // Another arm finds the base's images there.
    #expect(try compare(arguments + ["--lora", "b=a.safetensors:1"]).status == 0)
    #expect(try times().filter { after[$0.key] == $0.value }.count == after.count)
  }

  /// When each image was written, by its name.
  private func times() throws -> [String: Date] {
    let images = folder.files.filter { $0.hasPrefix("out/images/") }
    return try Dictionary(
      uniqueKeysWithValues: images.map { name in
        let facts = try FileManager.default.attributesOfItem(atPath: folder.path(name))
        return (
          String(name.dropFirst("out/images/".count)),
          try #require(facts[.modificationDate] as? Date)
        )
      })
  }

  @Test("images that were made otherwise are no part of it, unless it begins anew")
  func otherwise() throws {
    let one = ["--prompt", "a red fox", "--seeds", "1", "--lora", "a.safetensors"]
    #expect(try compare([], prompts: one).status == 0)
    let other = try compare(["--guidance", "3"], prompts: one)
    #expect(other.status == 74)
    #expect(
      other.errors
        == """
        raft-diffuse: out/images/base/000-0.png was made in another way than this call asks for; choose \
        another --out, or begin anew with --force

        """)
    #expect(try compare(["--guidance", "3", "--force"], prompts: one).status == 0)
    try FileManager.default.removeItem(at: folder.url("out/scores.jsonl"))
    let foreign = try compare(["--guidance", "3"], prompts: one)
    #expect(foreign.status == 74)
    #expect(
      foreign.errors
        == """
        raft-diffuse: out/compare.json exists; choose another place, or replace it with --force

        """)
  }

  @Test("scores of another passport are refused")
  func passports() throws {
    let one = ["--prompt", "a red fox", "--seeds", "1", "--lora", "a.safetensors"]
    let arguments = ["--model", TestFolder.model, "--res", "64", "--steps", "2", "--no-cache"]
    func run(_ reward: String) throws -> Command.Run {
      try Command.run(
        ["compare"] + arguments + one + ["--reward", reward, "--out", "out", "--quiet"],
        in: folder.root)
    }
    #expect(try run("size=jpeg-size").status == 0)
    let other = try run("size=incompressibility")
    #expect(other.status == 65)
    #expect(
      other.errors
        == """
        raft-diffuse: the size scores of out/scores.jsonl and this call are not on one scale and cannot be \
        compared: goal compressible vs incompressible

        """)
  }

  @Test("several rewards are metrics of their own, and a mixture where one is asked for")
  func metrics() throws {
    let one = ["--prompt", "a red fox", "--seeds", "2", "--lora", "a.safetensors"]
    #expect(try compare(["--reward", "incompressibility"], prompts: one).status == 0)
    #expect(try findings().map { $0["metric"] as? String } == ["jpeg-size", "incompressibility"])
    let mixed = try compare(["--reward", "incompressibility:2", "--effect", "0.1"], prompts: one)
    #expect(mixed.status == 0)
    #expect(
      try findings().map { $0["metric"] as? String } == [
        "jpeg-size", "incompressibility", "mixture",
      ])
    let needed = try findings().compactMap { ($0["needed"] as? [String: Any])?["effect"] }
    #expect(needed.isEmpty)
  }

  @Test("too few prompts are told at the start, and prompts that come twice count once")
  func fewPrompts() throws {
    let run = try compare(
      ["--lora", "a.safetensors"], prompts: ["--prompt", "a", "--prompt", "a", "--seeds", "1"],
      quiet: false)
    #expect(run.status == 0)
    #expect(
      run.errors.hasPrefix(
        """
        warning: 1 prompt comes more than once; each counts once
        warning: 1 prompt is too few for intervals; 8 or more give them

        """))
    #expect(run.output.contains("a: no interval: 1 prompt is fewer than the 8"))
  }

  @Test("folders of images are paired by prompt and seed, or else by name")
  func folders() throws {
    for (out, scale) in [("one", "0"), ("two", "6")] {
      let made = try folder.sample([
        "--prompts", "prompts.txt", "--lora", "a.safetensors:\(scale)", "--out", out,
      ])
      #expect(made.status == 0)
    }
    try FileManager.default.moveItem(
      at: folder.url("two/004-1.png"), to: folder.url("two/renamed.png"))
    try FileManager.default.removeItem(at: folder.url("one/007-1.png"))
    let arguments = ["--reward", "jpeg-size", "--no-cache", "--out", "out"]
    let run = try Command.run(
      ["compare", "--images", "one", "new=two"] + arguments, in: folder.root)
    #expect(run.status == 0, "\(run.errors)")
    #expect(
      run.errors.contains(
        "warning: 1 of the images of new have no partner of the same prompt and seed in every folder "
          + "and are left out: two/007-1.png\n"))
    let found = try #require(try findings().first)
    #expect(found["arm"] as? String == "new")
    #expect(found["pairs"] as? Int == 8)
    #expect(found["prompts"] as? Int == 8)
    // Without what the images tell, the renamed one has no partner.
    for name in ["one/000-1.png", "two/000-1.png"] {
      try PNG.write(PNG.read(folder.path(name)), to: folder.path(name))
    }
    let named = try Command.run(
      ["compare", "--images", "one", "new=two", "--force", "--quiet"] + arguments, in: folder.root)
    #expect(named.status == 0)
    #expect(try #require(findings().first)["pairs"] as? Int == 7)
    try folder.write(Data(), to: "three/other.png")
    let none = try Command.run(
      ["compare", "--images", "one", "three", "--quiet", "--force"] + arguments, in: folder.root)
    #expect(none.status == 65)
    #expect(
      none.errors
        == """
        raft-diffuse: no image of one has a partner of the same file name in every other folder; give \
        folders of the same prompts and seeds, or with the same file names

        """)
  }

  @Test("a run's checkpoints are compared as its recipe says")
  func run() throws {
    try folder.write(
      """
      model: \(TestFolder.model)
      res: 64
      precision: fp32
      prompts:
        train: ["a red fox"]
        dev: ["a castle"]
        test: ["a cafe", "a boat"]
        negative: "blurry"
      evaluating: {sampler: ddim, steps: 2, guidance: 3, test-images: 1}
      reward: {terms: [jpeg-size]}
      """, to: "run/recipe.yaml")
    for round in ["001", "002"] {
      try folder.write("", to: "run/checkpoints/\(round)/state.json")
      try Self.writeAdapter(
        to: folder.path("run/checkpoints/\(round)/pytorch_lora_weights.safetensors"), seed: 1)
    }
    try FileManager.default.createSymbolicLink(
      atPath: folder.path("run/best"), withDestinationPath: "checkpoints/002")
    let run = try Command.run(
      [
        "compare", "--run", "run", "--rounds", "1,best", "--scale", "0.5,1", "--guidance", "2",
        "--threads", "1", "--no-cache", "--out", "out", "--quiet",
      ], in: folder.root)
    #expect(run.status == 0, "\(run.errors)")
    let arms = try #require(try report()["arms"] as? [[String: Any]])
    #expect(
      arms.map { $0["name"] as? String } == [
        "base", "round-1@0.5", "round-1", "best@0.5", "best",
      ])
    let inspected = try Command.run(
      ["inspect", "--json", "out/images/best@0.5/001-1.png"], in: folder.root
    ).json()
    let record = try #require(inspected["record"] as? [String: Any])
    #expect(record["prompt"] as? String == "a boat")
    #expect(record["negative_prompt"] as? String == "blurry")
    #expect(record["sampler"] as? String == "ddim")
    #expect(record["steps"] as? Int == 2)
    #expect(record["guidance"] as? Double == 2)
    let missing = try Command.run(
      ["compare", "--run", "run", "--rounds", "7", "--out", "out", "--quiet"], in: folder.root)
    #expect(missing.status == 66)
    #expect(
      missing.errors
        == """
        raft-diffuse: run has no adapter of round-7: there is no \
        run/checkpoints/007/pytorch_lora_weights.safetensors; see its checkpoints folder, and name others \
        with --rounds

        """)
  }

  @Test(
    "refuses what does not go together",
    arguments: [
      ([], "Say what is compared: --lora FILE …, --run RUN or --images DIR DIR …."),
      (["--lora", "a", "--run", "b"], "Give one of --lora, --run and --images."),
      (["--lora", "a"], "--lora needs the model that it is for: --model."),
      (
        ["--lora", "a", "--model", "m"],
        "Give a prompt with --prompt, or a file of them with --prompts."
      ),
      (
        ["--lora", "a", "--model", "m", "--prompt", "x"],
        "Say what the arms are compared by with --reward: aesthetic, aesthetic:FILE, clip, jpeg-size, "
          + "incompressibility, command:PROGRAM or http://…."
      ),
      (["--images", "a"], "--images compares folders: give two or more, the base first."),
      (
        ["--images", "a", "b", "--prompt", "x"],
        "--images are there already: leave out --model and prompts."
      ),
      (
        ["--images", "a", "b", "--test-images"], "--test-images are a run's: name it with --run."
      ),
      (
        ["--images", "a", "b", "--reward", "jpeg-size", "--steps", "2", "--seed=1"],
        "--images are there already: leave out --seed, --steps."
      ),
      (
        ["--run", "a", "--test-images", "--rounds", "2", "--scale", "1", "--res", "64"],
        "--test-images are there already: leave out --rounds, --scale, --res."
      ),
      (
        ["--run", "a", "--test-images", "--prompt", "x"],
        "--test-images are there already: leave out --model and prompts."
      ),
      (
        ["--images", "a", "b", "--reward", "jpeg-size", "--effect", "clip=1"],
        "--effect clip=… names no --reward; there is jpeg-size."
      ),
      (
        ["--run", "a", "--rounds", "2,last"],
        "--rounds 2,last: “last” is no round; write numbers from 1 and best, as in 2,5,best."
      ),
      (
        ["--run", "a", "--scale", "half"],
        "--scale half: “half” is no scale; write numbers, as in 0.5,1."
      ),
      (["--run", "a", "--seeds", "0"], "--seeds must lie in 1…10000."),
      (
        ["--run", "a", "--seed", "4294967295", "--seeds", "2"],
        "--seed plus --seeds must stay below 2³²."
      ),
      (["--run", "a", "--grid-rows", "0"], "--grid-rows must lie in 1…10000."),
    ] as [([String], String)])
  func refused(_ arguments: [String], _ message: String) throws {
    let run = try Command.run(["compare"] + arguments, in: folder.root)
    #expect(run.status == 64)
    #expect(run.errors.hasPrefix("raft-diffuse: \(message)\n"), "\(run.errors)")
  }

  @Test("a folder that is no run is told")
  func noRun() throws {
    let run = try Command.run(["compare", "--run", "nowhere"], in: folder.root)
    #expect(run.status == 66)
    #expect(
      run.errors
        == "raft-diffuse: nowhere has no recipe.yaml; give --run a folder that align made\n")
  }

  /// An adapter in kohya's form on two layers of the tiny model, rank 2, α 1.
  private static func writeAdapter(to path: String, seed: UInt64) throws {
    let generator = try Generator(seed: seed)
    var items: [SafetensorsWriter.Item] = []
    for (layer, down, up) in [
      ("lora_unet_mid_block_attentions_0_transformer_blocks_0_attn1_to_q", [2, 32], [32, 2]),
      ("lora_unet_mid_block_resnets_0_conv1", [2, 32, 3, 3], [32, 2, 1, 1]),
      ("lora_unet_conv_out", [2, 16, 3, 3], [4, 2, 1, 1]),
    ] {
      items += [
        .init(name: "\(layer).lora_down.weight", tensor: try generator.normal(down)),
        .init(name: "\(layer).lora_up.weight", tensor: try generator.normal(up)),
        .init(name: "\(layer).alpha", tensor: try Tensor.full([], 1)),
      ]
    }
    try SafetensorsWriter.write(items, to: path)
  }
}
