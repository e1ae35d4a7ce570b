internal import Yams

extension Recipe {
  /// The recipe as a file of all its settings, which reads back as it is.
  ///
  /// - Throws: `YamlError` where the text cannot be made.
  package func yaml() throws -> String {
    var root: [(Node, Node)] = []
    for key in RecipeKey.allCases where key.section == nil {
      root.append((Node(key.ownName), Self.node(key.binding.show(self))))
    }
    for section in RecipeKey.sections {
      let keys = RecipeKey.allCases.filter { $0.section == section }
      // Nothing is watched: one null says so.
      let isNothing = section == RecipeKey.watchTerms.section && watch == nil
      let pairs = (isNothing ? [.watchTerms] : keys).map {
        (Node($0.ownName), Self.node($0.binding.show(self)))
      }
      root.append((Node(section), Node(pairs)))
    }
    let header = "# All settings of a run; raft-diffuse align --recipe takes this file.\n"
    return try header + Yams.serialize(node: Node(root), width: -1, allowUnicode: true)
  }

  private static func node(_ value: RecipeValue) -> Node {
    switch value {
    case .none: return Node("null", .implicit, .plain)
    case .text(let text): return Node(text, .implicit, style(of: text))
    case .texts(let texts):
      return Node(
        texts.map { Node($0, .implicit, style(of: $0)) }, .implicit, texts.isEmpty ? .flow : .block)
    case .prompts: return Node("null", .implicit, .plain)
    }
  }

  /// Quoted where another reader of YAML, or ours, would take it for something else.
  private static func style(of text: String) -> Node.Scalar.Style {
    let isNumber = Double(text) != nil
    let isFlag = ["true", "false"].contains(text)
    let isPlain = isNumber || isFlag || Resolver.default.resolveTag(of: Node(text)) == .str
    return isPlain ? .any : .doubleQuoted
  }
}
