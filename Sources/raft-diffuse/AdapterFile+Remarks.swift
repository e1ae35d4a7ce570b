internal import LoRA

/// What to tell about an adapter beside what is done with it.
extension AdapterFile {
  /// What was left out; nil where all was taken.
  var warning: String? {
    guard !leftOut.isEmpty else { return nil }
    return (["\(path) was taken in part only:"] + leftOut).joined(separator: "\n")
  }

  /// That the file leaves its scale open though its form has a place for it; nil where it does not.
  var note: String? {
    switch layersWithoutAlpha {
    case 0: nil
    case weights.layers.count...: "\(path) stores no alpha: its scale is taken as 1"
    case let count:
      "\(path) stores no alpha for \(count) of its \(weights.layers.count) layers: their scale is "
        + "taken as 1"
    }
  }
}

extension Console {
  /// Tells what there is to say about adapters that were read, once for each file.
  static func remarks(on adapters: [AdapterFile]) {
    for (i, file) in adapters.enumerated()
    where !adapters[..<i].contains(where: { $0.path == file.path }) {
      if let text = file.warning { warning(text) }
      if let text = file.note { note(text) }
    }
  }
}
