internal import ArgumentParser
internal import Imaging
internal import RAFT
internal import Shapes

/// Shows scenes as they are drawn and described for training.
struct RenderCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "render",
    abstract: "Draws scenes of the world of shapes on one sheet, and prints a caption of each.")

  @Option(help: "How many scenes.")
  var count = 24

  @Option(help: "What the scenes and captions follow from.")
  var seed: UInt64 = 0

  @Option(help: ArgumentHelp("The pictures' edge in pixels, 16 to 1024.", valueName: "px"))
  var size = 128

  @Option(help: ArgumentHelp("The PNG file to write.", valueName: "file"))
  var out: String

  @Flag(help: "Replace the file if it exists.")
  var force = false

  func validate() throws {
    guard (16...1024).contains(size) else {
      throw ValidationError("--size is \(size); it must be 16 to 1024.")
    }
    // Together the pictures are at most half as large as the largest sheet that can be written.
    let mostCount = min(10_000, RGBImage.maximalPixelCount / 2 / (size * size))
    guard (1...mostCount).contains(count) else {
      throw ValidationError("--count is \(count); at \(size) px it must be 1 to \(mostCount).")
    }
  }

  func run() throws {
    try OutputFile.check(out, force: force)
    var generator = SplitMix64(seed: seed)
    let (sampler, grammar) = (SceneSampler(), CaptionGrammar())
    let renderer = SceneRenderer(size: size)
    let pictures = (0..<count).map { _ in
      let scene = sampler.scene(using: &generator)
      return (renderer.image(of: scene), grammar.caption(of: scene, using: &generator))
    }
    let columnCount = max(1, min(8, 1024 / size))
    let rows = stride(from: 0, to: count, by: columnCount).map { start in
      let row = pictures[start..<min(start + columnCount, count)]
      return ImageGrid.Row(caption: "", images: row.map(\.0), labels: row.map(\.1))
    }
    let title = "\(count) scenes, seed \(seed), \(size) px"
    try PNG.write(ImageGrid(title: title, columns: [], rows: rows).rendered(), to: out)
    for (_, caption) in pictures { print(caption) }
  }
}
