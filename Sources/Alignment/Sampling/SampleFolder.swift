internal import Diffusion
internal import Files
internal import Foundation
internal import Imaging
internal import RAFT
internal import RunStore

/// Images made elsewhere, by their captions: the samples that a run learns from instead of its own.
package struct SampleFolder {
  /// Where they are.
  let path: String

  private let images: [String: [CaptionedImage]]

  /// The images of a folder with captions, in the order of their names or their table.
  ///
  /// - Throws: `ExampleError` where there are none, or one has no caption.
  package init(_ path: String) throws {
    self.path = path
    images = Dictionary(grouping: try CaptionedImage.list(path), by: \.caption)
  }

  /// The captions, in alphabetical order.
  package var captions: [String] { images.keys.sorted() }

  /// The image of a request: the first round takes the first K of each caption, the second the next.
  ///
  /// - Parameter perRound: K.
  /// - Returns: nil where the folder has too few.
  func image(for request: SampleRequest<String>, perRound: Int) -> CaptionedImage? {
    let place = (request.address.round - 1) * perRound + request.address.index
    let known = images[request.prompt] ?? []
    return known.indices.contains(place) ? known[place] : nil
  }

  /// SHA-256, 64 hexadecimal digits, of all images and captions of the folder at `path`; of a run's
  /// folder, which may get further rounds, of the images of its first.
  package static func digest(of path: String) throws -> String {
    let lines: [String]
    do {
      let samples = try RunDirectory.read(path).ledger.samples(.train, round: 1)
      lines = samples.map { "\($0.image?.digest ?? "") \($0.facts.prompt)\n" }
    } catch RunStoreError.noRun {
      let folder = try SampleFolder(path)
      lines = try folder.captions.flatMap { caption in
        try (folder.images[caption] ?? []).map {
          "\(try Digest.sha256(ofFile: $0.path)) \(caption)\n"
        }
      }
    }
    return Digest.sha256(lines.joined().utf8)
  }
}
