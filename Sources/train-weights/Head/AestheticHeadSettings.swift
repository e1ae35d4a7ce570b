/// How the aesthetic head is made.
struct AestheticHeadSettings: Sendable, Equatable, Codable {
  /// Pictures that it learns from.
  var count = 6000

  /// The share of them in which nothing is wrong.
  var cleanShare = 0.35

  /// Pictures that its error is measured on, which it did not learn from.
  var measured = 1000

  /// λ: what is added to the diagonal of the mean of products, so that no weight grows large.
  var ridge = 1e-5

  /// The sizes of pictures, in pixels, one as often as another.
  var sizes = [128, 256]

  /// Few pictures.
  static var quick: AestheticHeadSettings {
    var settings = AestheticHeadSettings()
    settings.count = 200
    settings.measured = 50
    settings.ridge = 1e-3
    return settings
  }
}
