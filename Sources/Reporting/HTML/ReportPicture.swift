/// A picture of a report and what is written below it.
package struct ReportPicture: Sendable, Equatable {
  /// The picture.
  package let picture: Picture
  /// What it shows: also what is read out in its place.
  package let title: String
  /// More about it; nothing when empty.
  package let caption: String

  /// A picture with its texts.
  package init(_ picture: Picture, title: String, caption: String = "") {
    self.picture = picture
    self.title = title
    self.caption = caption
  }

  /// The figure. It is as wide as the page at most; a tap shows every pixel, and the next one the
  /// whole again.
  var html: String {
    let kind =
      picture.quality.map { ", shown as JPEG of quality \($0)" } ?? ""
    let caption = caption.isEmpty ? "" : " \(caption)"
    return """
      <figure class="picture">
      <label><input type="checkbox" aria-label="full size"><img src="\(picture.address)" \
      width="\(picture.width)" height="\(picture.height)" alt="\(title.escaped)"></label>
      <figcaption><strong>\(title.escaped)</strong>\(caption.escaped) \
      <span class="faint">\(picture.width) × \(picture.height) pixels\(kind)</span></figcaption>
      </figure>
      """
  }
}
