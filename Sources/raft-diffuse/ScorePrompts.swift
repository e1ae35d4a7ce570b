internal import ArgumentParser
internal import ExitStatuses
internal import Files
internal import Foundation
internal import Recipes

/// What the images that are scored should show.
struct ScorePrompts: ParsableArguments {
  @Option(
    name: .customLong("prompt"),
    help: ArgumentHelp(
      """
      What the images should show; once for all of them, or once for each in their order. Without it, \
      what a PNG says itself.
      """, valueName: "text"))
  var texts: [String] = []

  @Option(
    name: .customLong("prompts"),
    help: ArgumentHelp(
      """
      A file with a prompt a line, one for each image in their order or one for all, or a \
      metadata.jsonl of {"file_name": …, "text": …}, names counted from its folder.
      """, valueName: "file"))
  var file: String?

  @Flag(
    help: "Take each image's prompt from its PNG, ours or A1111's; so it is if none is given.")
  var promptFromMetadata = false

  func validate() throws {
    let given = (texts.isEmpty ? 0 : 1) + (file == nil ? 0 : 1) + (promptFromMetadata ? 1 : 0)
    guard given < 2 else {
      throw ValidationError("Give one of --prompt, --prompts and --prompt-from-metadata.")
    }
  }

  /// The prompts as they were given, for `paths`.
  struct Given {
    /// One for each image; nil inside where nobody gave one.
    let ofImages: [String?]
    /// Every prompt, in the order in which it was given.
    let all: [String]
    /// What is odd about them, a sentence each.
    var warnings: [String] = []
  }

  /// The prompts of `paths`, in their order; nil for those that the images themselves tell.
  func prompts(of paths: [String]) throws -> Given? {
    guard let file else {
      return texts.isEmpty ? nil : try spread(texts, over: paths, source: "--prompt")
    }
    let text = try PromptFile.text(file)
    if text.first(where: { !$0.isWhitespace }) == "{" {
      return try Self.named(in: text, file, paths)
    }
    return try spread(PromptFile.lines(of: text, named: file), over: paths, source: file)
  }

  private func spread(_ prompts: [String], over paths: [String], source: String) throws -> Given {
    if prompts.count == 1 {
      return Given(ofImages: Array(repeating: prompts[0], count: paths.count), all: prompts)
    }
    guard prompts.count == paths.count else {
      throw CommandError(
        status: .badInput,
        description: "\(source) gives \(prompts.count) prompts for \(paths.count) "
          + "\(paths.count == 1 ? "image" : "images"); give one for all, or one for each")
    }
    return Given(ofImages: prompts, all: prompts)
  }

  /// Prompts by file name, as Hugging Face's imagefolder has them in metadata.jsonl: names are
  /// counted from the file's own folder, so that another folder's 0.png is another image. Under
  /// `image` stand paths as `score --json` prints them.
  private static func named(in text: String, _ file: String, _ paths: [String]) throws -> Given {
    let folder = NewFolder.parent(of: file)
    var prompts: [String: (name: String, prompt: String)] = [:]
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .enumerated()
    where line.contains(where: { !$0.isWhitespace }) {
      let value: JSONValue
      do {
        value = try JSONValue(parsing: Array(line.utf8))
      } catch {
        throw CommandError(
          status: .badInput, description: "\(file), line \(index + 1) is not JSON: \(error)")
      }
      let name = value["file_name"]?.string ?? value["image"]?.string
      guard let name, let prompt = value["text"]?.string ?? value["prompt"]?.string else {
        throw CommandError(
          status: .badInput,
          description: "\(file), line \(index + 1) lacks file_name or text; write "
            + "{\"file_name\": \"0.png\", \"text\": \"a prompt\"}")
      }
      let isOurs = value["file_name"] == nil || name.hasPrefix("/")
      let place = Self.whole(isOurs ? name : "\(folder)/\(name)")
      if let known = prompts[place], known.prompt != prompt {
        throw CommandError(
          status: .badInput,
          description: "\(file), line \(index + 1) gives \(name.printable) another prompt than a "
            + "line before; remove one of them")
      }
      prompts[place] = (name, prompt)
    }
    let places = paths.map(Self.whole)
    let known = Set(places)
    let ofImages = places.map { prompts[$0]?.prompt }
    var seen: Set<String> = []
    return Given(
      ofImages: ofImages, all: ofImages.compactMap { $0 }.filter { seen.insert($0).inserted },
      warnings: Self.warnings(
        unused: prompts.filter { !known.contains($0.key) }.map(\.value.name),
        of: prompts.count, file))
  }

  private static func warnings(unused names: [String], of count: Int, _ file: String) -> [String] {
    guard !names.isEmpty else { return [] }
    let shown = names.sorted().prefix(3).map(\.printable).joined(separator: ", ")
    let more = names.count > 3 ? " and \(names.count - 3) more" : ""
    return [
      "\(names.count) of the \(count) names in \(file) are none of the images: \(shown)\(more); "
        + "names are counted from its folder"
    ]
  }

  /// The absolute path, links followed: what tells one file from another.
  private static func whole(_ path: String) -> String {
    URL(fileURLWithPath: path).resolvingSymlinksInPath().standardizedFileURL.path
  }
}
