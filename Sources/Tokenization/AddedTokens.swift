/// Tokens that are found in a text as they stand, before it is split into words.
struct AddedTokens: Sendable {
  /// A stretch of a text.
  enum Piece {
    case text(String)
    case token(Int)
  }

  private let tokens: [(bytes: [UInt8], id: Int)]
  private let firstBytes: Set<UInt8>

  /// Longer tokens win over shorter ones that begin at the same place.
  init(_ tokens: [(content: String, id: Int)]) {
    self.tokens = tokens.map { (bytes: Array($0.content.utf8), id: $0.id) }
      .filter { !$0.bytes.isEmpty }
      .sorted { $0.bytes.count > $1.bytes.count }
    firstBytes = Set(self.tokens.compactMap(\.bytes.first))
  }

  /// Splits `text` at the tokens in it, leftmost first; texts between them are never empty.
  func split(_ text: String) -> [Piece] {
    let bytes = Array(text.utf8)
    var pieces: [Piece] = []
    var textStart = 0
    var position = 0
    func flush() {
      guard textStart < position else { return }
      pieces.append(.text(String(decoding: bytes[textStart..<position], as: UTF8.self)))
    }
    while position < bytes.count {
      guard firstBytes.contains(bytes[position]),
        let found = tokens.first(where: { bytes[position...].starts(with: $0.bytes) })
      else {
        position += 1
        continue
      }
      flush()
      pieces.append(.token(found.id))
      position += found.bytes.count
      textStart = position
    }
    flush()
    return pieces
  }
}
