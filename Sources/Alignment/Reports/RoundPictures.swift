internal import Imaging
internal import Policies
internal import RAFT
internal import Recipes
internal import Reporting
internal import RunStore

/// The sheets that a run leaves for people.
struct RoundPictures {
  let recipe: Recipe
  let directory: RunDirectory
  let library: SampleLibrary

  /// The best, the median and the worst of each prompt of a round, with their rewards.
  func draw(_ round: Int, _ judged: [JudgedCandidate<String, DiffusionSample>], _ choice: Choice)
    throws
  {
    let selected = Set(choice.selected)
    let grid = RoundGrid(
      "\(recipe.name) round \(round)",
      judged.map {
        RoundGrid.Entry(
          $0.address, of: $0.candidate.request.prompt, reward: $0.judgement.score,
          isSelected: selected.contains($0.address))
      })
    let pictures = Dictionary(judged.map { ($0.address, $0.candidate.sample) }) { first, _ in first
    }
    let image = try grid.grid { try pictures[$0]??.image() }.rendered()
    try write(image, to: directory.paths.grid(round))
  }

  /// The images of a split as the base and some rounds make them, beside each other, from the same seeds.
  ///
  /// - Parameter arms: what each column is called, and its images in the same order.
  func draw(_ title: String, _ arms: [(name: String, images: EvaluatedImages)], to path: String)
    throws
  {
    guard let base = arms.first?.images else { return }
    let rows = base.rows.indices.map { place in
      ComparisonGrid.Row(
        base.rows[place].facts.prompt, seed: base.rows[place].facts.seed,
        rewards: arms.map { $0.images.rewards[place] })
    }
    let grid = ComparisonGrid(title, columns: arms.map(\.name), rows: rows, maximalRows: 12)
    let image = try grid.grid { row, column in
      try library.image(of: arms[column].images.rows[row])
    }.rendered()
    try write(image, to: path)
  }

  private func write(_ image: RGBImage, to path: String) throws {
    let path = directory.paths.path(path)
    try directory.makeFolder(of: path)
    try PNG.write(image, to: path)
  }
}
