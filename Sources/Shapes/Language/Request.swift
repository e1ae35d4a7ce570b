/// What a prompt asks for, as far as this world can tell.
package struct Request: Sendable, Hashable {
  /// One thing that is asked for; nil is any.
  package struct Item: Sendable, Hashable {
    /// The colour, or any.
    package var color: Color?

    /// The shape, or any.
    package var shape: Shape?

    /// A thing of these properties.
    package init(_ color: Color?, _ shape: Shape?) {
      (self.color, self.shape) = (color, shape)
    }
  }

  /// Where the first of two things is, seen from the second.
  package enum Relation: String, Sendable, CaseIterable {
    case leftOf = "left of"
    case rightOf = "right of"
    case above, below
  }

  /// The things, in the order of the prompt; one to three.
  package var items: [Item]

  /// Where the first is, seen from the second; nil where the prompt does not say.
  package var relation: Relation?

  /// How they are to be drawn; nil where the prompt does not say.
  package var style: Style?

  /// What they are to lie on; nil where the prompt does not say.
  package var background: Background?

  /// A request for these.
  package init(
    _ items: [Item], relation: Relation? = nil, style: Style? = nil, background: Background? = nil
  ) {
    (self.items, self.relation) = (items, relation)
    (self.style, self.background) = (style, background)
  }
}
