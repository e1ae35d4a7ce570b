/// Whether a picture shows what was asked for: exactly the figures, by shape and colour, where and on
/// what the request says.
///
/// Style and size are not judged: they are never read off a picture, so that a solid circle is right
/// where a dotted one was asked for.
package enum Verdict: Sendable, Hashable, CustomStringConvertible {
  /// Exactly the figures asked for, by shape and colour, where they were asked for.
  case right
  /// Something else.
  case wrong(Fault)
  /// The picture is too unlike this world's to tell, which counts as wrong.
  case abstained(Abstention)

  /// What is wrong with a picture.
  package enum Fault: Sendable, Hashable {
    /// There is no figure.
    case nothing
    /// A figure reaches the picture's edge.
    case cutOff
    /// There is something beside the figures.
    case stray
    /// There are more or fewer figures.
    case count(Int, asked: Int)
    /// There are other figures.
    case figures([ObservedFigure], asked: [Request.Item])
    /// The figures stand otherwise.
    case relation(Request.Item, Request.Relation, Request.Item)
    /// The figures lie on something else.
    case background(Background, asked: Background)
  }

  /// How much may lie under what is neither figure nor background, in squares of the picture's
  /// shorter edge.
  static let largestStrayArea = 0.002

  /// What `observation` means where `request` was asked.
  package init(on observation: Observation, asked request: Request) {
    if let fault = Self.fault(in: observation, asked: request) {
      self = fault
    } else if let fault = Self.fault(among: observation.figures, asked: request) {
      self = .wrong(fault)
    } else if let asked = request.background, let found = observation.background, asked != found {
      self = .wrong(.background(found, asked: asked))
    } else {
      self = .right
    }
  }

  /// Whether it is ``right``.
  package var isRight: Bool { self == .right }

  /// Whether it is ``abstained(_:)``.
  package var isAbstention: Bool { if case .abstained = self { true } else { false } }

  /// What keeps the figures from being compared with what was asked for.
  private static func fault(in observation: Observation, asked request: Request) -> Verdict? {
    let figures = observation.figures
    if let abstention = observation.abstention { return .abstained(abstention) }
    if figures.contains(where: \.touchesBorder) { return .wrong(.cutOff) }
    if observation.strayArea > largestStrayArea { return .wrong(.stray) }
    if figures.isEmpty { return .wrong(.nothing) }
    if figures.count != request.items.count {
      return .wrong(.count(figures.count, asked: request.items.count))
    }
    return figures.lazy.compactMap(\.abstention).first.map(Verdict.abstained)
  }

  /// What is wrong with figures that are as many as were asked for.
  private static func fault(among figures: [ObservedFigure], asked request: Request) -> Fault? {
    let fitting = figures.orders.filter { order in
      zip(request.items, order).allSatisfy { $0.fits($1) }
    }
    guard !fitting.isEmpty else { return .figures(figures, asked: request.items) }
    guard let relation = request.relation, request.items.count > 1 else { return nil }
    let holds = fitting.contains { order in relation.holds(order[0], order[1]) }
    return holds ? nil : .relation(request.items[0], relation, request.items[1])
  }

  package var description: String {
    switch self {
    case .right: "right"
    case .wrong(let fault): fault.description
    case .abstained(let abstention): abstention.description
    }
  }
}

extension Verdict.Fault: CustomStringConvertible {
  package var description: String {
    switch self {
    case .nothing: "nothing there"
    case .cutOff: "cut off"
    case .stray: "something beside the figures"
    case .count(let found, let asked):
      "\(found) \(found == 1 ? "object" : "objects"), \(asked) asked"
    case .figures(let found, let asked):
      Self.list(found.map { Request.Item($0.color, $0.shape) }) + ", not " + Self.list(asked)
    case .relation(let first, let relation, let second):
      "\(first) is not \(relation.rawValue) \(second)"
    case .background(let found, let asked):
      "on \(found.rawValue), not on \(asked.rawValue)"
    }
  }

  private static func list(_ items: [Request.Item]) -> String {
    items.map(\.description).joined(separator: " and ")
  }
}

extension Request.Item: CustomStringConvertible {
  /// What it is called, such as "a red circle".
  package var description: String {
    let words = [color?.rawValue, shape?.rawValue ?? "shape"].compactMap(\.self)
    return Lexicon.withArticle(words.joined(separator: " "))
  }

  /// Whether `figure` is of this colour and shape.
  func fits(_ figure: ObservedFigure) -> Bool {
    (color == nil || color == figure.color) && (shape == nil || shape == figure.shape)
  }
}

extension Request.Relation {
  /// By how much the other direction may be further and the relation still hold: at 45° a caption
  /// may say either, and figures are not found where they were drawn to the pixel.
  private static let slack = 1.15

  /// Whether this is where `first` is, seen from `second`.
  func holds(_ first: ObservedFigure, _ second: ObservedFigure) -> Bool {
    let (dx, dy) = (first.x - second.x, first.y - second.y)
    return switch self {
    case .leftOf: -dx * Self.slack > abs(dy)
    case .rightOf: dx * Self.slack > abs(dy)
    case .above: -dy * Self.slack > abs(dx)
    case .below: dy * Self.slack > abs(dx)
    }
  }
}

extension Array {
  /// All orders of the elements, of which there are few.
  fileprivate var orders: [[Element]] {
    guard count > 1 else { return [self] }
    return indices.flatMap { index in
      var rest = self
      let first = rest.remove(at: index)
      return rest.orders.map { [first] + $0 }
    }
  }
}
