package import Imaging
package import RAFT

/// Shows an oracle pictures whose truth is known and counts what it accepts.
///
/// Every picture follows from the seed, the row's name and its number alone.
package struct OracleCheck: Sendable {
  /// What is counted in one row.
  package struct Row: Sendable, Codable, Equatable {
    /// What the pictures are.
    package let name: String
    /// How many pictures there were.
    package var count = 0
    /// How many of them the oracle called right.
    package var accepted = 0
    /// How many it would not judge.
    package var abstained = 0
    /// The least share that must be accepted; nil where none must.
    package let atLeast: Double?
    /// The largest share that may be accepted; nil where all may.
    package let atMost: Double?

    /// ``accepted`` over ``count``.
    package var share: Double { count == 0 ? 0 : Double(accepted) / Double(count) }

    /// Whether the share is within the limits; of no pictures it is.
    package var isWithinLimits: Bool {
      count == 0 || (share >= atLeast ?? 0 && share <= atMost ?? 1)
    }
  }

  /// The sizes at which clean pictures are shown, in pixels.
  package static let sizes = [64, 128, 256, 512]

  /// The least share of clean pictures that must be accepted.
  package static let leastClean = 0.99

  /// The least share of pictures that must be accepted after each ``Distortion``.
  package static let leastDistorted = 0.97

  /// The largest share of wrong pictures that may be accepted.
  package static let mostWrong = 0.01

  private let oracle = Oracle()
  private let sampler = SceneSampler()
  private let seed: UInt64
  private let count: Int

  /// A check with `count` pictures for each row.
  package init(seed: UInt64, count: Int) {
    (self.seed, self.count) = (seed, count)
  }

  /// Clean pictures at each size, and then by style and background over all sizes.
  package func clean() -> [Row] {
    var bySize: [Row] = []
    var byStyle = Style.allCases.map {
      Row(name: "\($0.rawValue)", atLeast: Self.leastClean, atMost: nil)
    }
    var byBackground = Background.allCases.map {
      Row(name: "on \($0.rawValue)", atLeast: Self.leastClean, atMost: nil)
    }
    for size in Self.sizes {
      var row = Row(name: "\(size) px", atLeast: Self.leastClean, atMost: nil)
      let renderer = SceneRenderer(size: size)
      for number in 0..<count {
        var generator = generator(row.name, number)
        let style = Style.allCases[number % byStyle.count]
        let scene = scene(style, using: &generator)
        let verdict = oracle.verdict(
          on: renderer.image(of: scene), asked: Request(showing: scene))
        row.add(verdict)
        byStyle[number % byStyle.count].add(verdict)
        if let index = Background.allCases.firstIndex(of: scene.background) {
          byBackground[index].add(verdict)
        }
      }
      bySize.append(row)
    }
    return bySize + byStyle + byBackground
  }

  /// Pictures after each distortion, half of them of 128 and half of 256 pixels.
  package func distorted() throws -> [Row] {
    try Distortion.allCases.map { distortion in
      try changed(
        name: distortion.rawValue, sizes: [128, 256], atLeast: Self.leastDistorted
      ) { image, generator in try distortion(image, using: &generator) }
    }
  }

  /// Pictures after `change`.
  ///
  /// - Parameters:
  ///   - name: what the row is called.
  ///   - sizes: the pictures' sizes, in turn.
  ///   - styles: their styles, in turn.
  ///   - atLeast: the least share that must be accepted.
  ///   - change: what is done to each.
  package func changed(
    name: String, sizes: [Int], styles: [Style] = Style.allCases, atLeast: Double?,
    _ change: (RGBImage, inout SplitMix64) throws -> RGBImage
  ) throws -> Row {
    var row = Row(name: name, atLeast: atLeast, atMost: nil)
    let renderers = sizes.map(SceneRenderer.init)
    for number in 0..<count {
      var generator = generator(name, number)
      let scene = scene(styles[number % styles.count], using: &generator)
      let image = renderers[number % renderers.count].image(of: scene)
      row.add(
        oracle.verdict(on: try change(image, &generator), asked: Request(showing: scene)))
    }
    return row
  }

  /// Clean pictures, asked about with another request.
  package func misasked() -> [Row] {
    WrongRequest.allCases.map { way in
      var row = Row(name: way.rawValue, atLeast: nil, atMost: Self.mostWrong)
      let renderers = Self.sizes.map(SceneRenderer.init)
      for number in 0..<count {
        var generator = generator(way.rawValue, number)
        var scene: Scene
        var wrong: Request?
        repeat {
          scene = sampler.scene(using: &generator)
          wrong = way.request(for: scene, using: &generator)
        } while wrong == nil
        guard let wrong else { continue }
        row.add(
          oracle.verdict(
            on: renderers[number % renderers.count].image(of: scene), asked: wrong))
      }
      return row
    }
  }

  /// Pictures without a figure, asked about with a request for one.
  package func empty() -> [Row] {
    EmptyPicture.allCases.map { kind in
      var row = Row(name: kind.rawValue, atLeast: nil, atMost: Self.mostWrong)
      for number in 0..<count {
        var generator = generator(kind.rawValue, number)
        let image = kind.image(size: [64, 128, 256][number % 3], using: &generator)
        row.add(oracle.verdict(on: image, asked: Request([Request.Item(nil, nil)])))
      }
      return row
    }
  }

  /// A scene in `style`, otherwise by chance.
  private func scene(_ style: Style, using generator: inout SplitMix64) -> Scene {
    var scene = sampler.scene(using: &generator)
    scene.style = style
    return scene
  }

  /// The generator of one picture.
  private func generator(_ row: String, _ number: Int) -> SplitMix64 {
    var address = SplitMix64(seed: seed)
    var mixed = address.next() ^ UInt64(number)
    for byte in row.utf8 {
      var step = SplitMix64(seed: mixed ^ UInt64(byte) << 32)
      mixed = step.next()
    }
    return SplitMix64(seed: mixed)
  }
}

extension OracleCheck.Row {
  fileprivate mutating func add(_ verdict: Verdict) {
    count += 1
    switch verdict {
    case .right: accepted += 1
    case .abstained: abstained += 1
    case .wrong: break
    }
  }
}
