internal import Diffusion
internal import Files
internal import Foundation
internal import Imaging
internal import RAFT

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
}
