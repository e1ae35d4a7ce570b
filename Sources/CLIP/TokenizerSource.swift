internal import Tokenization

/// Where a model's vocabulary comes from; it is read when it is first asked for, since images need
/// none.
final class TokenizerSource {
  private let name: String?
  private let folder: String
  private let location: String
  private let text: TextConfiguration?
  private var loaded: CLIPTokenizer?

  init(named name: String?, folder: String, location: String, text: TextConfiguration?) {
    self.name = name
    self.folder = folder
    self.location = location
    self.text = text
  }

  /// The vocabulary: the named one, else that beside the weights or in their folder `tokenizer`,
  /// else the published one.
  var tokenizer: CLIPTokenizer {
    get throws {
      if let loaded { return loaded }
      guard let text else { throw CLIPError.noText(path: location) }
      let tokenizer = try read()
      try check(tokenizer, text)
      loaded = tokenizer
      return tokenizer
    }
  }

  private func read() throws -> CLIPTokenizer {
    if let name { return try CLIPTokenizer(at: name) }
    for place in [folder, folder + "/tokenizer"]
    where try CLIPTokenizer.hasVocabulary(inFolder: place) {
      return try CLIPTokenizer(folder: place)
    }
    guard let installed = try CLIPTokenizer.installed() else {
      throw CLIPError.noTokenizer(path: location, looked: CLIPTokenizer.installedPlaces)
    }
    return installed
  }

  /// Refuses a vocabulary whose tokens the tower has no embeddings for.
  private func check(_ tokenizer: CLIPTokenizer, _ text: TextConfiguration) throws {
    let largest = max(tokenizer.beginID, tokenizer.endID, tokenizer.paddingID)
    let count = max(tokenizer.tokenCount, largest + 1)
    guard count <= text.vocabularySize else {
      throw CLIPError.misfit(
        "the vocabulary has \(count) tokens, but the text tower of \(location) has embeddings for "
          + "\(text.vocabularySize); the tokenizer is of another model")
    }
  }
}
