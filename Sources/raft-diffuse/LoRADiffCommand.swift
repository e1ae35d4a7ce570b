internal import ArgumentParser
internal import Foundation
internal import LoRA

/// `raft-diffuse lora diff`: how far two adapters are from each other.
struct LoRADiffCommand: PartialAdapterCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Compare what two adapters change: norms, distance and cosine, layer by layer.",
    discussion: "Ranks, forms and scales may differ: what is compared is s·B·A.")

  @Argument(help: ArgumentHelp("A file or folder.", valueName: "a"))
  var first: String

  @Argument(help: ArgumentHelp("Another one.", valueName: "b"))
  var second: String

  @OptionGroup var base: AdapterModelOptions
  @OptionGroup var partialAdapters: PartialAdapterOptions

  @Flag(help: "Print one machine-readable object on standard output.")
  var json = false

  func run() throws {
    let model = try base.load()
    let files = try [first, second].map {
      try partialAdapters.read($0, names: AdapterModelOptions.names(model))
    }
    Console.remarks(on: files)
    let comparison = try AdapterComparison(files[0].weights, files[1].weights)
    let report = AdapterDifference(a: first, b: second, comparison)
    if json {
      try Console.json(report)
    } else {
      try Console.result(report.text)
    }
  }
}

/// What `lora diff` prints.
struct AdapterDifference: Encodable {
  /// One layer, or all of them.
  struct Row: Encodable {
    let name: String
    let a: Double
    let b: Double

    /// ‖A − B‖.
    let distance: Double

    /// ‖A − B‖ over ‖A‖; nil where A changes nothing.
    let relative: Double?

    /// ⟨A, B⟩ over ‖A‖·‖B‖; nil where one of them changes nothing.
    let cosine: Double?

    init(_ name: String, _ products: AdapterComparison.Products) {
      self.name = name
      a = products.firstNorm
      b = products.secondNorm
      distance = products.distance
      relative = a > 0 ? distance / a : nil
      cosine = products.cosine
    }
  }

  let a: String
  let b: String
  let layers: [Row]
  let total: Row

  init(a: String, b: String, _ comparison: AdapterComparison) {
    self.a = a
    self.b = b
    layers = comparison.layers.map { Row($0.layer.description, $0.products) }
    total = Row("total", comparison.total)
  }

  /// The report for people.
  var text: String {
    let width = (layers.map(\.name.count) + [5]).max() ?? 5
    func line(_ cells: [String]) -> String {
      let name = cells[0].padding(toLength: width, withPad: " ", startingAt: 0)
      return name
        + cells.dropFirst().map { cell in
          String(repeating: " ", count: max(12 - cell.count, 1)) + cell
        }.joined()
    }
    func cells(_ row: Row) -> [String] {
      [row.name]
        + [row.a, row.b, row.distance].map { String(format: "%.4g", $0) }
        + [row.cosine.map { String(format: "%.6f", $0) } ?? "-"]
    }
    return ([["layer", "‖A‖", "‖B‖", "‖A−B‖", "cosine"]] + layers.map(cells) + [cells(total)])
      .map(line).joined(separator: "\n")
  }
}
