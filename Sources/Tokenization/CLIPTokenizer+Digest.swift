internal import Files

extension CLIPTokenizer {
  /// SHA-256, 64 hexadecimal digits, of all that decides which tokens a text becomes: the same for
  /// one vocabulary in two forms of file. It is computed when it is asked for.
  public var digest: String {
    Digest.sha256 { take in
      func add(_ text: String) {
        // The length first: no two lists become the same bytes.
        withUnsafeBytes(of: UInt64(text.utf8.count).littleEndian) { take($0) }
        Array(text.utf8).withUnsafeBytes { take($0) }
      }
      for number in [beginID, endID, paddingID, contextLength, tokenCount, merges.count] {
        add(String(number))
      }
      vocabulary.tokens.forEach(add)
      for pair in merges {
        add(pair.left)
        add(pair.right)
      }
      for token in [special.unknown] + special.added {
        add(token.content)
        add("\(token.isNormalized)")
      }
    }
  }
}
