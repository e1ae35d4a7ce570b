/// CLIP's view of a text: its normal form, and the words that byte-pair encoding works on.
///
/// This follows transformers' `CLIPTokenizer`, not OpenAI's first one, which also repaired
/// mojibake (ftfy) and unescaped HTML.
enum CLIPText {
  /// NFC, every run of white space one space, lower case.
  ///
  /// Lower case is scalar by scalar, so Σ becomes σ at the end of a word too, and İ becomes i with
  /// a dot above it.
  static func normalized(_ text: String) -> String {
    let isASCII = text.utf8.allSatisfy { $0 < 0x80 }
    let composed = isASCII ? text.unicodeScalars : CanonicalComposition.composed(text)
    var result = String.UnicodeScalarView()
    var afterSpace = false
    for scalar in composed {
      let isSpace = ScalarKind(scalar) == .space
      defer { afterSpace = isSpace }
      if isSpace {
        if !afterSpace { result.append(" ") }
      } else if scalar.isASCII {
        result.append(lowercasedASCII(scalar))
      } else {
        // One by one: appending a whole view takes time in the length of what is there.
        for lower in scalar.properties.lowercaseMapping.unicodeScalars {
          result.append(lower)
        }
      }
    }
    return String(result)
  }

  private static func lowercasedASCII(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    ("A"..."Z").contains(scalar)
      ? Unicode.Scalar(UInt8(truncatingIfNeeded: scalar.value) + 0x20) : scalar
  }

  /// The words of a normalised text, as UTF-8.
  ///
  /// The pattern is `<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|`
  /// `[^\s\p{L}\p{N}]+`, and GPT-2's on what it finds, which takes the first two apart again.
  static func words(of text: String) -> [[UInt8]] {
    let scalars = Array(text.unicodeScalars)
    var words: [[UInt8]] = []
    var start = 0
    while start < scalars.count {
      let kind = ScalarKind(scalars[start])
      var end = start + 1
      if kind == .space {
        start = end
        continue
      }
      if let name = specialName(in: scalars, at: start) {
        words += ["<|", name, "|>"].map { Array($0.utf8) }
        start += name.utf8.count + 4
        continue
      }
      if let length = contractionLength(in: scalars, at: start) {
        end = start + length
      } else if kind != .number {
        while end < scalars.count, ScalarKind(scalars[end]) == kind {
          end += 1
        }
      }
      words.append(utf8(of: scalars[start..<end]))
      start = end
    }
    return words
  }

  private static func specialName(in scalars: [Unicode.Scalar], at start: Int) -> String? {
    guard scalars[start] == "<" else { return nil }
    return ["startoftext", "endoftext"].first { name in
      scalars[start...].starts(with: "<|\(name)|>".unicodeScalars)
    }
  }

  private static let contractions = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"]

  private static func contractionLength(in scalars: [Unicode.Scalar], at start: Int) -> Int? {
    guard scalars[start] == "'" else { return nil }
    return contractions.first { scalars[start...].starts(with: $0.unicodeScalars) }?.utf8.count
  }

  private static func utf8(of scalars: ArraySlice<Unicode.Scalar>) -> [UInt8] {
    var bytes: [UInt8] = []
    for scalar in scalars {
      bytes += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
    }
    return bytes
  }
}
