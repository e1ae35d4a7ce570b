internal import Yams

/// Reads the sections and keys of a recipe file.
struct RecipeReader {
  let file: String

  /// The document; nil where there are comments at most.
  func root(of text: String) throws -> Node? {
    do {
      return try Yams.compose(yaml: text)
    } catch let error as YamlError {
      throw refused(error, in: text)
    }
  }

  private func refused(_ error: YamlError, in text: String) -> RecipeError {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      return .malformed(place: "\(file), line \(mark.line)", reason: problem)
    case .duplicatedKeysInMapping(let keys, let context):
      return .duplicateKeys(keys.sorted(), place: "\(file), line \(context.mark.line)")
    case .reader(let problem, let offset, _, _):
      let line = text.utf8.prefix(offset ?? 0).count { $0 == UInt8(ascii: "\n") } + 1
      return .malformed(place: "\(file), line \(line)", reason: problem)
    default:
      return .malformed(place: file, reason: "\(error)")
    }
  }

  /// Every key that is given, with its place.
  func settings(in root: Node) throws -> [(RecipeKey, String, RecipeValue)] {
    guard case .mapping(let mapping) = root else {
      throw RecipeError.malformed(
        place: place(of: root), reason: "a recipe is made of keys with values")
    }
    return try mapping.flatMap { node, value -> [(RecipeKey, String, RecipeValue)] in
      let name = try self.name(node)
      guard RecipeKey.sections.contains(name) else {
        return [try setting(name, section: nil, node, value)]
      }
      if isNull(value) { return [] }
      guard case .mapping(let section) = value else {
        throw RecipeError.wrongValue(
          shown(value), key: name, place: place(of: node), expected: "a section of keys")
      }
      return try section.map { try setting(self.name($0), section: name, $0, $1) }
    }
  }

  private func setting(_ name: String, section: String?, _ node: Node, _ value: Node) throws
    -> (RecipeKey, String, RecipeValue)
  {
    guard
      let key = RecipeKey.allCases.first(where: { $0.section == section && $0.ownName == name })
    else { throw unknown(name, in: section, place(of: node)) }
    return (key, place(of: node), try self.value(value, of: key))
  }

  private func unknown(_ name: String, in section: String?, _ place: String) -> RecipeError {
    let keys = RecipeKey.allCases.filter { $0.section == section }.map(\.ownName)
    let known = section == nil ? keys + RecipeKey.sections : keys
    // A key of another section is called so? Then it stands in the wrong one.
    let elsewhere = RecipeKey.allCases.first { $0.ownName == name }?.rawValue
    return .unknownKey(
      name, place: place, nearest: elsewhere ?? NearestName.of(name, among: known), known: known)
  }

  private func value(_ node: Node, of key: RecipeKey) throws -> RecipeValue {
    switch node {
    case .scalar(let scalar): return isNull(node) ? .none : .text(scalar.string)
    case .sequence(let list): return .texts(try list.map { try text($0, key.rawValue) })
    case .mapping where key.split != nil: return .prompts(try source(node, key.rawValue))
    case .mapping, .alias:
      throw RecipeError.wrongValue(
        shown(node), key: key.rawValue, place: place(of: node), expected: key.binding.expected)
    }
  }

  // MARK: Prompts

  private func source(_ node: Node, _ key: String) throws -> PromptSource {
    switch node {
    case .scalar where !isNull(node): return .file(try text(node, key))
    case .sequence(let list): return .texts(try list.map { try text($0, key) })
    case .mapping(let mapping): return try source(mapping, key, place(of: node))
    default:
      throw RecipeError.wrongValue(
        shown(node), key: key, place: place(of: node), expected: "a file or a list of texts")
    }
  }

  private func source(_ mapping: Node.Mapping, _ key: String, _ place: String) throws
    -> PromptSource
  {
    let known = ["file", "texts", "lists", "template", "parts", "of"]
    var given: [String: Node] = [:]
    for (node, value) in mapping {
      let name = try self.name(node)
      guard known.contains(name) else {
        throw RecipeError.unknownKey(
          name, place: self.place(of: node), nearest: NearestName.of(name, among: known),
          known: known)
      }
      given[name] = value
    }
    let contents = ["file", "texts", "lists"].filter { given[$0] != nil }
    guard contents.count == 1 else {
      throw RecipeError.wrongValue(
        contents.isEmpty ? "without prompts" : "made of " + contents.joined(separator: " and "),
        key: key, place: place, expected: "made of one of file, texts and lists")
    }
    let content: PromptSource.Content
    if let file = given["file"] {
      content = .file(try text(file, "\(key).file"))
    } else if let texts = given["texts"] {
      guard case .sequence(let list) = texts else {
        throw RecipeError.wrongValue(
          shown(texts), key: "\(key).texts", place: place, expected: "a list of texts")
      }
      content = .texts(try list.map { try text($0, "\(key).texts") })
    } else {
      content = .product(try lists(given["lists"], key, place))
    }
    let template = try given["template"].map { try text($0, "\(key).template") }
    if case .product = content, template == nil {
      throw RecipeError.wrongValue(
        "without a template", key: key, place: place,
        expected: "given one with a place for each list, such as template: \"{style} {object}\"")
    }
    return PromptSource(
      content: content, template: template, share: try share(given, key, place))
  }

  private func lists(_ node: Node?, _ key: String, _ place: String) throws
    -> [PromptSource.NamedList]
  {
    guard case .mapping(let mapping)? = node, !mapping.isEmpty else {
      throw RecipeError.wrongValue(
        node.map(shown) ?? "absent", key: "\(key).lists", place: place,
        expected: "a section of names, each with a file or a list of texts")
    }
    return try mapping.map { name, value in
      let name = try self.name(name)
      return .init(name: name, source: try source(value, "\(key).lists.\(name)"))
    }
  }

  private func share(_ given: [String: Node], _ key: String, _ place: String) throws
    -> PromptSource.Share?
  {
    guard given["parts"] != nil || given["of"] != nil else { return nil }
    let piles = given["of"]?.scalar.flatMap { Int($0.string) } ?? 0
    var taken: [Int] = []
    switch given["parts"] {
    case .scalar(let part)?: taken = [Int(part.string) ?? 0]
    case .sequence(let parts)?: taken = parts.map { Int($0.scalar?.string ?? "") ?? 0 }
    default: break
    }
    guard piles > 0, !taken.isEmpty, taken.allSatisfy((1...piles).contains) else {
      throw RecipeError.wrongValue(
        "\(given["parts"].map(shown) ?? "absent") of \(given["of"].map(shown) ?? "absent")",
        key: "\(key).parts", place: place,
        expected: "one or several of the parts 1…N, with of: N")
    }
    return .init(taken: Set(taken), piles: piles)
  }

  // MARK: Nodes

  private func name(_ node: Node) throws -> String {
    guard case .scalar(let scalar) = node else {
      throw RecipeError.malformed(place: place(of: node), reason: "a key must be a word")
    }
    return scalar.string
  }

  private func text(_ node: Node, _ key: String) throws -> String {
    guard case .scalar(let scalar) = node, !isNull(node) else {
      throw RecipeError.wrongValue(
        shown(node), key: key, place: place(of: node), expected: "a text; quote it if need be")
    }
    return scalar.string
  }

  private func isNull(_ node: Node) -> Bool {
    guard case .scalar(let scalar) = node, scalar.style == .plain else { return false }
    return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
  }

  private func shown(_ node: Node) -> String {
    switch node {
    case .scalar(let scalar): isNull(node) ? "null" : RecipeValue.text(scalar.string).shown
    case .sequence(let list): "a list of \(list.count)"
    case .mapping: "a section"
    case .alias: "an alias"
    }
  }

  private func place(of node: Node) -> String {
    node.mark.map { "\(file), line \($0.line)" } ?? file
  }
}
