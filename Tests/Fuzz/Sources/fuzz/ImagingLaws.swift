import Foundation
import Imaging

/// What the readers of texts in images keep: what is read can be written and read again.
enum ImagingLaws {
  /// The texts of a PNG: the bytes as a file, the same with its checksums repaired, and the bytes
  /// as the data of one text chunk whose kind the first byte chooses, whole and cut short.
  @Sendable static func pngText(_ bytes: UnsafeRawBufferPointer) {
    readTexts(Array(bytes))
    readTexts(repaired(Array(bytes)))
    guard let first = bytes.first, let last = bytes.last else { return }
    let kinds = ["tEXt", "zTXt", "iTXt"]
    let chunk = PNGText.rawChunk(kinds[Int(first) % 3], Array(bytes.dropFirst()))
    let file = PNG.signature + chunk
    readTexts(file + PNGText.rawChunk("IEND", []))
    readTexts(Array(file.dropLast(Int(last) % 16)))
  }

  private static func readTexts(_ file: [UInt8]) {
    attempt {
      let texts = try PNGText.read(file)
      law(
        texts.reduce(0) { $0 + $1.keyword.unicodeScalars.count } <= PNGText.maximalTotalByteCount,
        "the keywords are above the limit")
      for text in texts {
        law((1...79).contains(text.keyword.unicodeScalars.count), "a keyword is too long")
        // Latin-1 takes twice its bytes in UTF-8.
        law(text.text.utf8.count <= 2 * PNGText.maximalByteCount, "a text is above the limit")
        writeAgain(text)
      }
    }
  }

  private static let pixel = RGBImage(width: 1, height: 1, pixels: [0, 0, 0])

  /// Not every text that is read may be written (a NUL, a space at the keyword's end), but what is
  /// written is read as it was.
  private static func writeAgain(_ text: PNGText) {
    attempt {
      let file = try PNG.encode(pixel, texts: [text], level: 0)
      law(try PNGText.read(file) == [text], "\(text) is read back otherwise")
    }
  }

  /// `file` with the right checksum behind every whole chunk, and an end chunk behind these.
  private static func repaired(_ file: [UInt8]) -> [UInt8] {
    var result = PNG.signature
    var position = result.count
    while position + 12 <= file.count {
      let length = file[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
      let start = position + 8
      guard length <= file.count - start - 4 else { break }
      let type = String(decoding: file[position + 4..<start], as: UTF8.self)
      if type != "IEND" { result += PNGText.rawChunk(type, Array(file[start..<start + length])) }
      position = start + length + 4
    }
    return result + PNGText.rawChunk("IEND", [])
  }

  /// The web UI's parameters: any text at all is read, and what it holds is written as a text that
  /// holds the same.
  @Sendable static func parameters(_ bytes: UnsafeRawBufferPointer) {
    let first = GenerationParameters(String(decoding: bytes, as: UTF8.self))
    let again = GenerationParameters(first.text)
    _ = first.size
    for setting in first.settings { _ = first.valueOrDefault(setting.key) }
    guard canHold(first) else { return }
    law(again == first, "\(first) is read back as \(again)")
  }

  /// Whether the text's form can hold `parameters`, as `GenerationParameters.text` says.
  private static func canHold(_ parameters: GenerationParameters) -> Bool {
    let newline = UInt8(ascii: "\n")
    let prompts = [parameters.prompt.utf8, parameters.negativePrompt.utf8]
    return parameters.settings.count >= 3
      && prompts.allSatisfy { $0.first != newline && $0.last != newline }
      && !parameters.negativePrompt.utf8.split(separator: newline)
        .contains { $0.starts(with: "Negative prompt:".utf8) }
  }
}
