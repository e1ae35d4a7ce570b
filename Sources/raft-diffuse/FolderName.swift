/// Names that a folder may have on any system.
enum FolderName {
  /// `text` with what a folder's name may not hold replaced; `fallback` where nothing is left of it
  /// to tell it by.
  static func plain(_ text: String, fallback: String) -> String {
    let plain = String(text.map { isPlain($0) ? $0 : "_" })
    return plain.isEmpty || plain.allSatisfy { $0 == "." } ? fallback : plain
  }

  /// Whether a folder's name may hold `character` on any system.
  static func isPlain(_ character: Character) -> Bool {
    character.isLetter || character.isNumber || "-_.@+".contains(character)
  }
}
