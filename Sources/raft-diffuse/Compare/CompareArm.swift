internal import ArgumentParser
internal import Foundation

/// One side of a comparison as the options name it.
struct CompareArm: Equatable {
  /// What tables and the folder of its images call it.
  var name: String

  /// A file or folder, and how much of it; nil for the model alone.
  let choice: AdapterChoice?

  /// The model alone.
  static let base = CompareArm(name: "base", choice: nil)

  /// `NAME=REST` in its parts. What is there under the whole text has no name.
  static func split(_ text: String) -> (name: String?, rest: String) {
    guard !FileManager.default.fileExists(atPath: text), let sign = text.firstIndex(of: "="),
      sign != text.startIndex, text[..<sign].allSatisfy(FolderName.isPlain)
    else { return (nil, text) }
    return (String(text[..<sign]), String(text[text.index(after: sign)...]))
  }

  /// The arms that `texts`, values of `--lora`, name, after the model alone.
  static func arms(adapters texts: [String]) throws -> [CompareArm] {
    let arms = try texts.map { text in
      let (name, rest) = split(text)
      let choice = try AdapterChoice(parsing: rest)
      return CompareArm(name: name ?? Self.name(of: choice), choice: choice)
    }
    return distinct([base] + arms)
  }

  /// The arms that `texts`, values of `--images`, name.
  static func arms(folders texts: [String]) -> [CompareArm] {
    distinct(
      texts.map { text in
        let (name, rest) = split(text)
        let choice = AdapterChoice(path: rest, scale: 1)
        return CompareArm(
          name: name ?? FolderName.plain(choice.name, fallback: "arm"), choice: choice)
      })
  }

  /// What an adapter that was given no name is called: its file's name, or its folder's where the
  /// file is called as in every other folder, and how much of it.
  static func name(of choice: AdapterChoice) -> String {
    var name = choice.name
    if commonNames.contains(name) {
      let folder = NewFolder.parent(of: choice.path).split(separator: "/").last.map(String.init)
      name = folder ?? name
    }
    return FolderName.plain(name, fallback: "arm") + suffix(choice.scale)
  }

  /// `@0.5` for half of an adapter; nothing for all of it.
  static func suffix(_ scale: Double) -> String { scale == 1 ? "" : "@\(scale)" }

  private static let commonNames: Set = ["pytorch_lora_weights", "adapter_model"]

  /// A second arm of a name gets a number after it.
  private static func distinct(_ arms: [CompareArm]) -> [CompareArm] {
    var names: Set<String> = []
    return arms.map { arm in
      var arm = arm
      let name = arm.name
      var number = 2
      // Some file systems take upper case for lower case.
      while !names.insert(arm.name.lowercased()).inserted {
        arm.name = "\(name)-\(number)"
        number += 1
      }
      return arm
    }
  }
}
