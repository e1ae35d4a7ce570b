/// The connected parts of a mask, where a pixel has eight neighbours.
struct ConnectedComponents {
  /// A connected part.
  struct Component {
    /// How many pixels it has.
    var area = 0
    /// Its columns, first and last.
    var (left, right) = (Int.max, 0)
    /// Its rows, first and last.
    var (top, bottom) = (Int.max, 0)
  }

  /// The number of each pixel's component, -1 outside the mask.
  private(set) var labels: [Int32]

  /// The components by their numbers, in the order in which rows reach them.
  private(set) var components: [Component] = []

  /// The components of `mask`, `width` columns in each row.
  init(of mask: [Bool], width: Int) {
    let height = mask.count / width
    var labels = [Int32](repeating: -1, count: mask.count)
    var waiting: [Int] = []
    for start in mask.indices where mask[start] && labels[start] < 0 {
      let label = Int32(components.count)
      var component = Component()
      labels[start] = label
      waiting.append(start)
      while let index = waiting.popLast() {
        let (x, y) = (index % width, index / width)
        component.area += 1
        component.left = min(component.left, x)
        component.right = max(component.right, x)
        component.top = min(component.top, y)
        component.bottom = max(component.bottom, y)
        for row in max(y - 1, 0)...min(y + 1, height - 1) {
          for near in row * width + max(x - 1, 0)...row * width + min(x + 1, width - 1)
          where mask[near] && labels[near] < 0 {
            labels[near] = label
            waiting.append(near)
          }
        }
      }
      components.append(component)
    }
    self.labels = labels
  }
}
