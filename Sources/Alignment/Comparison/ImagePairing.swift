internal import CLIPReward
internal import Files
internal import Imaging

/// Images of several folders, paired by what they show.
package struct ImagePairing: Sendable, Equatable {
  /// How images find their partners.
  package enum Key: String, Sendable {
    /// By the prompt and the seed that every image tells itself.
    case promptAndSeed = "prompt and seed"
    /// By the name without its ending.
    case name = "file name"
  }

  /// What images were paired by.
  package let key: Key

  /// The cases that every folder has an image of, in the first folder's order.
  package let cases: [ComparisonCase]

  /// The images of each folder that lack a partner in another one.
  package let unpaired: [[String]]

  /// Pairs the images of `folders`, a list of paths each.
  ///
  /// They go by prompt and seed where every image tells both and no two of a folder tell the same;
  /// else by their names. What an image should show is what the first folder's tells, or else what
  /// a partner tells.
  package init(_ folders: [[String]]) {
    let images = folders.map { $0.map(Image.init) }
    let tells = images.allSatisfy { images in
      let keys = images.compactMap(\.promptAndSeed)
      return keys.count == images.count && Set(keys).count == keys.count
    }
    key = tells ? .promptAndSeed : .name
    func place(_ image: Image) -> String { tells ? image.promptAndSeed ?? "" : image.name }
    // Of several images with one name, such as a PNG and a JPEG of it, the first one counts.
    let byPlace = images.map {
      Dictionary($0.map { (place($0), $0) }, uniquingKeysWith: { a, _ in a })
    }
    var cases: [ComparisonCase] = []
    var used: Set<String> = []
    for image in images.first ?? [] {
      let partners = byPlace.compactMap { $0[place(image)] }
      guard partners.count == folders.count, partners[0].path == image.path else { continue }
      used.formUnion(partners.map(\.path))
      cases.append(
        ComparisonCase(
          prompt: partners.lazy.compactMap(\.prompt).first, name: image.name,
          seed: partners.lazy.compactMap(\.seed).first, images: partners.map(\.path)))
    }
    self.cases = cases
    unpaired = folders.map { $0.filter { !used.contains($0) } }
  }

  /// What an image file tells of itself.
  private struct Image {
    let path: String
    let name: String
    let prompt: String?
    let seed: UInt64?

    init(_ path: String) {
      self.path = path
      let file = path.split(separator: "/").last.map(String.init) ?? path
      name = file.lastIndex(of: ".").map { String(file[..<$0]) } ?? file
      // A file that cannot be read is paired by its name, and left out when it is scored.
      let bytes = (try? ImageFile.bytes(of: path)) ?? []
      prompt = ImagePrompt.read(bytes)
      seed = Self.seed(bytes)
    }

    var promptAndSeed: String? {
      guard let prompt, let seed else { return nil }
      return "\(seed) \(prompt)"
    }

    /// The seed of our own record, or of A1111's parameters.
    private static func seed(_ bytes: [UInt8]) -> UInt64? {
      guard ImageFile.format(of: bytes) == .png, let texts = try? PNGText.read(bytes) else {
        return nil
      }
      func text(_ keyword: String) -> String? { texts.first { $0.keyword == keyword }?.text }
      if let record = text(PNGText.recordKeyword),
        let value = try? JSONValue(parsing: Array(record.utf8)),
        case .integer(let seed)? = value["seed"]
      {
        return UInt64(exactly: seed)
      }
      return text(PNGText.parametersKeyword).flatMap { GenerationParameters($0)["Seed"] }
        .flatMap { UInt64($0) }
    }
  }
}
