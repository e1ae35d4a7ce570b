package import RAFT

/// Captions that are nearly right: they name the right picture wrongly in one point.
package struct HardNegatives: Sendable {
  /// What writes the captions.
  package var grammar: CaptionGrammar

  /// A maker of captions in the words of `grammar`.
  package init(grammar: CaptionGrammar = CaptionGrammar()) {
    self.grammar = grammar
  }

  /// A right caption of a scene and wrong ones in the same words.
  package struct Captions: Sendable, Hashable {
    /// What the scene shows.
    package var right: String
    /// One figure's colour or shape is another; nil where the right caption names neither.
    package var swapped: String?
    /// Two figures have each other's colours; nil where there are no such two, or the right caption
    /// does not tell them apart.
    package var exchanged: String?
  }

  /// A caption of `scene`, and captions that are wrong in one point only.
  ///
  /// - Throws: ``ShapesError``, were the grammar to write what cannot be read back.
  package func captions(of scene: Scene, using generator: inout SplitMix64) throws(ShapesError)
    -> Captions
  {
    let other = swappingOneAttribute(of: scene, using: &generator)
    let exchanged = exchangingColors(of: scene)
    let start = generator
    let right = grammar.caption(of: scene, using: &generator)
    func wrong(_ other: Scene?) throws(ShapesError) -> String? {
      guard let other else { return nil }
      var generator = start
      let caption = grammar.caption(of: other, using: &generator)
      // Vague words may leave the caption of another scene true of this one.
      return try Request(parsing: caption).isFulfilled(by: scene) ? nil : caption
    }
    return Captions(right: right, swapped: try wrong(other), exchanged: try wrong(exchanged))
  }

  /// `scene` with another colour or another shape in one of its figures. It is to be described, not
  /// drawn: the other shape may need more room.
  package func swappingOneAttribute(of scene: Scene, using generator: inout SplitMix64) -> Scene {
    var scene = scene
    let index = generator.index(below: scene.figures.count)
    let figure = scene.figures[index]
    if generator.unit() < 0.5 {
      let others = Color.allCases.filter { $0 != figure.color }
      scene.figures[index].color = generator.element(of: others)
    } else {
      let others = Shape.allCases.filter { $0 != figure.shape }
      scene.figures[index].shape = generator.element(of: others)
    }
    return scene
  }

  /// `scene` with the colours of two figures exchanged, the first two that differ in colour and in
  /// shape; nil where there are no such two.
  package func exchangingColors(of scene: Scene) -> Scene? {
    for (index, one) in scene.figures.enumerated() {
      for (otherIndex, other) in scene.figures.enumerated().dropFirst(index + 1)
      where one.color != other.color && one.shape != other.shape {
        var scene = scene
        scene.figures[index].color = other.color
        scene.figures[otherIndex].color = one.color
        return scene
      }
    }
    return nil
  }
}
