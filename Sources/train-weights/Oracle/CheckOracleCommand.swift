internal import ArgumentParser
internal import Foundation
internal import Shapes

/// Shows how far the oracle can be trusted.
struct CheckOracleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check-oracle",
    abstract: "Counts what the oracle accepts of pictures whose truth is known.",
    discussion: """
      Exits with 1 where a share is outside its limits: at least 99 % of clean pictures and 97 % of \
      distorted ones accepted, at most 1 % of wrong ones.
      """)

  @Option(help: "What the pictures follow from.")
  var seed: UInt64 = 0

  @Option(help: "How many pictures for each line of the table.")
  var count = 400

  @Option(
    help: ArgumentHelp(
      """
      The folder of an autoencoder in diffusers' layout, such as weights/shapes/vae: what is \
      accepted after encoding and decoding is the most that a model of it can reach.
      """, valueName: "folder"))
  var vae: String?

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    guard (1...100_000).contains(count) else {
      throw ValidationError("--count is \(count); it must be 1 to 100000.")
    }
  }

  func run() throws {
    let check = OracleCheck(seed: seed, count: count)
    var tables = [
      Table(title: "clean pictures", rows: check.clean()),
      Table(title: "distorted pictures", rows: try check.distorted()),
    ]
    if let vae {
      let rows = try Self.reconstructed(by: Reconstruction(folder: vae), check)
      tables.append(Table(title: "after the autoencoder of \(vae)", rows: rows))
    }
    tables += [
      Table(title: "asked about with another request", rows: check.misasked()),
      Table(title: "pictures without a figure", rows: check.empty()),
    ]
    if json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      print(String(decoding: try encoder.encode(tables), as: UTF8.self))
    } else {
      for table in tables { table.print() }
    }
    let faulty = tables.flatMap(\.rows).filter { !$0.isWithinLimits }
    if !faulty.isEmpty {
      Console.note("outside the limits: \(faulty.map(\.name).joined(separator: ", "))")
      throw ExitCode.failure
    }
  }

  /// What is accepted after an autoencoder, in each style and at the sizes that models are used at.
  private static func reconstructed(by reconstruction: Reconstruction, _ check: OracleCheck) throws
    -> [OracleCheck.Row]
  {
    try Style.allCases.flatMap { style in
      try [128, 256].map { size in
        try check.changed(
          name: "\(style.rawValue), \(size) px", sizes: [size], styles: [style], atLeast: nil
        ) { image, _ in try reconstruction(image) }
      }
    }
  }

  /// Rows that belong together.
  private struct Table: Encodable {
    let title: String
    let rows: [OracleCheck.Row]

    func print() {
      Swift.print(title)
      for row in rows {
        let name = row.name + String(repeating: " ", count: max(40 - row.name.count, 0))
        let share = String(format: "%6.2f %%", 100 * row.share)
        let counts = "\(row.accepted) of \(row.count), \(row.abstained) abstained"
        Swift.print("  \(name) \(share)  \(counts)\(row.isWithinLimits ? "" : "  !")")
      }
    }
  }
}
