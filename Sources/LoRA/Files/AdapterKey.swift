/// A tensor's name in a file of an adapter, taken apart.
struct AdapterKey {
  /// What of a layer's adapter the tensor is.
  enum Part: Hashable {
    /// A.
    case down
    /// B.
    case up
    /// The kernel between A and B of a decomposed convolution.
    case middle
    case alpha
  }

  /// What the tensor is.
  let part: Part

  /// Whose spelling it is.
  let form: AdapterForm

  /// Whether the network is written in front of the layer's name.
  let hasComponent: Bool

  /// Whether PEFT wrapped the network whose layer it is, as it does where α is in a file beside.
  let isPEFT: Bool

  private let components: [AdapterComponent]
  private let name: String
  private let isJoined: Bool
  private let isOldStyle: Bool

  /// Nil for a name that no adapter has.
  init?(_ key: String) {
    guard let (head, part, tail) = Self.split(key) else { return nil }
    self.part = part
    isOldStyle = tail.hasPrefix("_lora.")
    isPEFT = head.hasPrefix("base_model.model.")
    var rest = head[...]
    while rest.hasPrefix("base_model.model.") { rest = rest.dropFirst(17) }
    let prefix = Self.prefixes.first { rest.hasPrefix($0.text) }
    if let prefix { rest = rest.dropFirst(prefix.text.count) }
    isJoined = prefix?.isJoined ?? false
    components = prefix?.components ?? AdapterComponent.namedFirst
    hasComponent = prefix.map { $0.components.count == 1 } ?? false
    let name = String(rest)
    self.name = isJoined ? name : name.replacing(".processor.", with: ".")
    form = Self.form(
      of: self.name, isJoined: isJoined, isOldStyle: isOldStyle,
      isPEFT: isPEFT || (prefix == nil && (tail.hasPrefix(".lora_A") || tail.hasPrefix(".lora_B"))))
  }

  /// The layer that is meant; nil where there is none.
  ///
  /// - Parameter only: the network whose adapter the file is, where its place says so.
  func layer(_ names: AdapterNames, only: AdapterComponent?) -> LayerAddress? {
    let components = components.filter { only == nil || only == $0 }
    if isJoined { return names.layer(joined: name, in: components) }
    return components.lazy.compactMap { component in
      names.layer(isOldStyle ? Self.renewed(name, component) : name, in: [component])
    }.first
  }

  private static let prefixes: [(text: String, components: [AdapterComponent], isJoined: Bool)] = [
    ("lora_unet_", [.unet], true), ("lora_te_", [.textEncoder], true),
    ("lora_te1_", [.textEncoder], true), ("lycoris_", AdapterComponent.namedFirst, true),
    ("unet.", [.unet], false), ("text_encoder.", [.textEncoder], false),
    ("text_encoders.clip_l.transformer.", [.textEncoder], false),
    ("model.diffusion_model.", [.unet], false), ("diffusion_model.", [.unet], false),
  ]

  private static let tails: [(text: String, part: Part)] = [
    (".lora_down.weight", .down), (".lora_up.weight", .up), (".lora_mid.weight", .middle),
    (".alpha", .alpha), (".lora.down.weight", .down), (".lora.up.weight", .up),
    ("_lora.down.weight", .down), ("_lora.up.weight", .up),
    (".lora_linear_layer.down.weight", .down), (".lora_linear_layer.up.weight", .up),
    (".lora_A.weight", .down), (".lora_B.weight", .up), (".lora_A", .down), (".lora_B", .up),
  ]

  /// The layer's part of a name, what the tensor is, and how that is written.
  private static func split(_ key: String) -> (head: String, part: Part, tail: String)? {
    for (tail, part) in tails where key.hasSuffix(tail) && key.count > tail.count {
      return (String(key.dropLast(tail.count)), part, tail)
    }
    // PEFT puts an adapter's own name before `weight`: `….lora_A.default.weight`.
    var parts = key.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count > 3, parts.removeLast() == "weight" else { return nil }
    parts.removeLast()
    let last = parts.removeLast()
    guard last == "lora_A" || last == "lora_B" else { return nil }
    return (parts.joined(separator: "."), last == "lora_A" ? .down : .up, ".\(last)")
  }

  /// The present name of a layer that diffusers' attention processors named in 2023.
  private static func renewed(_ name: String, _ component: AdapterComponent) -> String {
    var parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard let last = parts.popLast() else { return name }
    switch component {
    case .unet: parts.append(last == "to_out" ? "to_out.0" : last)
    case .textEncoder:
      let projections = [
        "to_q": "q_proj", "to_k": "k_proj", "to_v": "v_proj", "to_out": "out_proj",
      ]
      parts.append(projections[last] ?? last)
    }
    return parts.joined(separator: ".")
  }

  private static func form(of name: String, isJoined: Bool, isOldStyle: Bool, isPEFT: Bool)
    -> AdapterForm
  {
    let hasBlockNumbers = ["input_block", "middle_block", "output_block"].contains {
      name.hasPrefix($0)
    }
    if hasBlockNumbers { return .latentDiffusion }
    if isJoined { return .kohya }
    if isOldStyle { return .oldDiffusers }
    return isPEFT ? .peft : .diffusers
  }
}

extension AdapterComponent {
  /// The order in which a name without its network is looked up.
  fileprivate static let namedFirst: [AdapterComponent] = [.unet, .textEncoder]
}
