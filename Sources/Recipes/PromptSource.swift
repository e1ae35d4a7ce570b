internal import Foundation

/// Where the prompts of a split come from.
package struct PromptSource: Sendable, Equatable {
  /// What the prompts are made of.
  package indirect enum Content: Sendable, Equatable {
    /// The texts themselves.
    case texts([String])
    /// A file, one text a line.
    case file(String)
    /// Every combination of the texts of several lists, the last one changing fastest.
    case product([NamedList])
  }

  /// A list with the name that a template calls it.
  package struct NamedList: Sendable, Equatable {
    let name: String
    let source: PromptSource
  }

  /// Some of the texts: they are dealt to `piles` piles in turn, and those of `taken` are used.
  package struct Share: Sendable, Equatable {
    let taken: Set<Int>
    let piles: Int

    /// The texts that are used, in their order; piles count from 1.
    func callAsFunction(_ texts: [String]) -> [String] {
      texts.indices.filter { taken.contains($0 % piles + 1) }.map { texts[$0] }
    }
  }

  /// What the prompts are made of.
  var content: Content

  /// What each text is put into; nil where it is the prompt.
  var template: String?

  /// Which of the texts are used; nil for all.
  var share: Share?

  /// The file's prompts.
  package static func file(_ path: String) -> PromptSource { PromptSource(content: .file(path)) }

  /// These prompts.
  package static func texts(_ texts: [String]) -> PromptSource {
    PromptSource(content: .texts(texts))
  }

  /// The prompts.
  ///
  /// - Parameters:
  ///   - folder: what relative paths are relative to.
  ///   - place: what asks for them, for messages.
  /// - Throws: ``PromptFileError`` and ``RecipeError``.
  func prompts(in folder: String, place: String) throws -> [String] {
    let prompts: [String]
    switch content {
    case .texts(let texts): prompts = try filled(texts, place)
    case .file(let path):
      let path = RecipePath.absolute(path, in: folder)
      let text = try PromptFile.text(path, namedBy: place)
      prompts = try filled(PromptFile.lines(of: text, named: path), place)
    case .product(let lists):
      let template = try PromptTemplate(template ?? "", names: lists.map(\.name), place: place)
      let texts = try lists.map { try $0.source.prompts(in: folder, place: place) }
      prompts = texts.reduce([[]]) { heads, tails in
        heads.flatMap { head in tails.map { head + [$0] } }
      }.map(template.filled)
    }
    let chosen = share.map { $0(prompts) } ?? prompts
    guard !chosen.isEmpty else { throw RecipeError.emptyPrompts(place: place) }
    return chosen
  }

  private func filled(_ texts: [String], _ place: String) throws -> [String] {
    guard let template else { return texts }
    let pieces = try PromptTemplate(template, names: [""], place: place)
    return texts.map { pieces.filled([$0]) }
  }
}
