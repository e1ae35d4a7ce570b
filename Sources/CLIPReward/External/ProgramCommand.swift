internal import Files
internal import Foundation

/// A program and its arguments, out of one line.
package struct ProgramCommand: Equatable {
  /// The line as it was given.
  package let line: String

  /// The program's file.
  package let program: String

  /// What it is called with.
  package let arguments: [String]

  /// Splits `line` and looks its first word up along `environment`'s PATH.
  ///
  /// - Throws: ``ExternalRewardError``.
  package init(_ line: String, environment: [String: String]) throws {
    let words = try Self.words(of: line)
    guard let name = words.first, !name.isEmpty else {
      throw ExternalRewardError.badCommandLine(
        line, reason: "write a program after it, such as command:./score.py")
    }
    self.line = line
    program = try Self.file(of: name, path: environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin")
    arguments = Array(words.dropFirst())
  }

  /// The command line, and the digests of the program and of the files that arguments name, so that
  /// another version of a script has another passport.
  func passport() throws -> RewardPassport {
    var facts = ["command": line, "program_sha256": try Digest.sha256(ofFile: program)]
    for (index, argument) in arguments.enumerated() {
      if let digest = try Self.digest(argument) { facts["argument_\(index + 1)_sha256"] = digest }
    }
    return RewardPassport(reward: "command", facts: facts)
  }

  /// nil for an argument that names no file, or one that is not to be read here.
  private static func digest(_ argument: String) throws -> String? {
    guard FileManager.default.fileExists(atPath: argument) else { return nil }
    do {
      return try Digest.sha256(ofFile: argument)
    } catch is FileError {
      return nil
    }
  }

  /// The words of `line` as a shell reads them, without any expansion.
  package static func words(of line: String) throws -> [String] {
    var words: [String] = []
    var word: String?
    var quote: Character?
    var isEscaped = false
    for character in line {
      if isEscaped {
        // Within double quotes a backslash only escapes what would have a meaning there.
        if quote == "\"", !"\"\\$`".contains(character) { word = (word ?? "") + "\\" }
        word = (word ?? "") + String(character)
        isEscaped = false
      } else if character == "\\", quote != "'" {
        isEscaped = true
      } else if let open = quote {
        if character == open { quote = nil } else { word = (word ?? "") + String(character) }
      } else if character == "'" || character == "\"" {
        quote = character
        word = word ?? ""
      } else if character.isWhitespace {
        if let whole = word { words.append(whole) }
        word = nil
      } else {
        word = (word ?? "") + String(character)
      }
    }
    guard quote == nil, !isEscaped else {
      throw ExternalRewardError.badCommandLine(
        line, reason: quote.map { "the quote \($0) is not closed" } ?? "it ends in a backslash")
    }
    if let word { words.append(word) }
    return words
  }

  private static func file(of name: String, path: String) throws -> String {
    let manager = FileManager.default
    func isFile(_ candidate: String) -> Bool {
      var isFolder: ObjCBool = false
      return manager.fileExists(atPath: candidate, isDirectory: &isFolder) && !isFolder.boolValue
    }
    if name.contains("/") {
      guard isFile(name) else { throw ExternalRewardError.noProgram(name) }
      guard manager.isExecutableFile(atPath: name) else {
        throw ExternalRewardError.notExecutable(name)
      }
      return name
    }
    let candidates = path.split(separator: ":").map { "\($0)/\(name)" }
    guard
      let found = candidates.first(where: { isFile($0) && manager.isExecutableFile(atPath: $0) })
    else { throw ExternalRewardError.noProgram(name) }
    return found
  }
}
