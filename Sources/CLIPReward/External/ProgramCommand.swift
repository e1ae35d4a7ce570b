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

  /// The command line, and the digests of the program and of the files that arguments name, alone
  /// or after `=` (`--weights=my.pt`), so that another version of a script has another passport.
  /// Folders are not looked into.
  func passport(digest: (_ file: String) throws -> String) throws -> RewardPassport {
    var facts = ["command": line, "program_sha256": try digest(program)]
    for (index, argument) in arguments.enumerated() {
      guard let file = Self.file(in: argument) else { continue }
      do {
        facts["argument_\(index + 1)_sha256"] = try digest(file)
      } catch is FileError {
        // It is not for us to read.
      }
    }
    return RewardPassport(reward: "command", facts: facts)
  }

  /// The plain file that an argument names; nil where it names none. A pipe or a device would have
  /// to be waited for, and be gone for the program.
  private static func file(in argument: String) -> String? {
    let value = argument.firstIndex(of: "=").map { argument[argument.index(after: $0)...] }
    return [argument, value.map(String.init)].compactMap(\.self).first { name in
      var status = stat()
      return stat(name, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
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
