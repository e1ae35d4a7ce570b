/// A text with places for others: `a photo of {}`, `a {object} in the style of {style}`.
struct PromptTemplate {
  private enum Piece {
    case text(String)
    case place(Int)
  }

  private let pieces: [Piece]

  /// A template with a place for each of `names`, and no other.
  ///
  /// - Throws: ``RecipeError/template(_:place:reason:)``.
  init(_ template: String, names: [String], place: String) throws {
    func refused(_ reason: String) -> RecipeError {
      .template(template, place: place, reason: reason)
    }
    let known = names.map { "{\($0)}" }.joined(separator: ", ")
    var (pieces, named): ([Piece], Set<Int>) = ([], [])
    var rest = template[...]
    while let open = rest.firstIndex(of: "{") {
      pieces.append(.text(String(rest[..<open])))
      guard let close = rest[open...].firstIndex(of: "}") else {
        throw refused("opens a brace that it does not close")
      }
      let name = rest[rest.index(after: open)..<close]
      guard let index = names.firstIndex(where: { $0 == name }) else {
        throw refused("has a place for {\(name)}; there is \(known)")
      }
      pieces.append(.place(index))
      named.insert(index)
      rest = rest[rest.index(after: close)...]
    }
    for (index, name) in names.enumerated() where !named.contains(index) {
      throw refused("has no place for {\(name)}; write it in")
    }
    self.pieces = pieces + [.text(String(rest))]
  }

  /// The template with `texts` in their places.
  func filled(_ texts: [String]) -> String {
    pieces.map { piece in
      switch piece {
      case .text(let text): text
      case .place(let index): texts[index]
      }
    }.joined()
  }
}
