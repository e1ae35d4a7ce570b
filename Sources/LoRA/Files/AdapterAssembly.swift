internal import Files
internal import NN
internal import Torch

/// Puts an adapter together from the tensors of one file or several, and keeps account of what has
/// no place.
struct AdapterAssembly {
  /// What messages call the adapter.
  let path: String

  /// What a safetensors file says about itself.
  private(set) var metadata: [String: String] = [:]

  /// Tensors that no layer takes.
  private(set) var unused: [String] = []

  /// Where the scales come from.
  private(set) var alphaOrigin = AdapterFile.AlphaOrigin.absent

  private let names: AdapterNames
  private var pieces: [LayerAddress: [AdapterKey.Part: TensorEntry]] = [:]
  private var configurations: [LayerAddress: AdapterConfiguration] = [:]
  private var forms: [AdapterForm: Int] = [:]
  private var kohyaLayers: Set<LayerAddress> = []

  /// What `build` makes of the tensors.
  private struct Built {
    var layers: [LayerAddress: LowRankFactors] = [:]
    var dtypes: [DType] = []
    var incomplete: [String] = []
    var wrong: [String] = []

    /// The family that the shapes speak for, and where it shows.
    var base: (name: String, evidence: String)?
  }

  init(path: String, names: AdapterNames) {
    self.path = path
    self.names = names
  }

  /// The form that most tensors have.
  var form: AdapterForm {
    AdapterForm.allCases.max { forms[$0, default: 0] < forms[$1, default: 0] } ?? .diffusers
  }

  /// Takes in the tensors of `file`.
  ///
  /// - Parameters:
  ///   - configuration: PEFT's, where there is one.
  ///   - component: the network that the file is for, where its folder says so.
  mutating func add(
    _ file: TensorFile, configuration: AdapterConfiguration?, component: AdapterComponent?
  ) throws {
    let stored = file.names
    try UnsupportedAdapter.refuse(stored + file.unreadable.keys.sorted(), file: file.path)
    let keys = stored.map { ($0, AdapterKey($0)) }
    guard keys.contains(where: { $0.1 != nil }) else {
      throw AdapterFileError.notAnAdapter(file: file.path, example: stored.first ?? "no tensors")
    }
    metadata.merge(file.metadata) { first, _ in first }
    let described = try Self.described(by: file)
    var wrapped: [LayerAddress] = []
    for (name, key) in keys {
      guard let key, let layer = key.layer(names, only: component) else {
        unused.append(name)
        continue
      }
      if let other = pieces[layer]?[key.part] {
        throw AdapterFileError.duplicate(other.name, name, file: file.path)
      }
      pieces[layer, default: [:]][key.part] = try file.entry(name)
      forms[key.form, default: 0] += 1
      if key.form.storesAlpha { kohyaLayers.insert(layer) }
      let named = described[key.hasComponent ? layer.component : nil]
      if let known = configuration ?? named ?? described[layer.component] {
        configurations[layer] = known
        alphaOrigin = configuration == nil ? .metadata : .configuration
      } else if key.isPEFT {
        wrapped.append(layer)
      }
    }
    guard wrapped.allSatisfy({ pieces[$0]?[.alpha] != nil }) else {
      throw AdapterFileError.noConfiguration(
        file: file.path, expected: AdapterLocation.configuration(beside: file.path))
    }
    unused += file.unreadable.keys.sorted()
  }

  /// The configurations in a file's metadata, by network; under nil one that names none.
  private static func described(by file: TensorFile) throws
    -> [AdapterComponent?: AdapterConfiguration]
  {
    guard let text = file.metadata["lora_adapter_metadata"] else { return [:] }
    let source = "lora_adapter_metadata of \(file.path)"
    let value: JSONValue
    do {
      value = try JSONValue(parsing: Array(text.utf8), acceptsNonFinite: true)
    } catch let error as JSONError {
      throw ConfigurationError.malformed(file: source, line: error.line, reason: error.reason)
    }
    guard case .object(let members) = value else {
      throw ConfigurationError.notAnObject(file: source)
    }
    var values: [AdapterComponent?: [String: JSONValue]] = [:]
    for member in members {
      let component = AdapterComponent.allCases.first {
        member.key.hasPrefix("\($0.rawValue).")
      }
      let key = component.map { String(member.key.dropFirst($0.rawValue.count + 1)) }
      values[component, default: [:]][key ?? member.key] = member.value
    }
    return try values.filter { $0.value["r"] != nil || $0.value["lora_alpha"] != nil }.mapValues {
      try AdapterConfiguration(ConfigurationFile($0, path: source))
    }
  }

  /// Checks shapes and numbers, and makes factors of what fits.
  private mutating func build() throws -> Built {
    var built = Built()
    var dtypes: Set<DType> = []
    for (layer, parts) in pieces.sorted(by: { $0.key < $1.key }) {
      guard let down = parts[.down], let up = parts[.up] else {
        let found = parts.values.map(\.name).sorted().joined(separator: ", ")
        built.incomplete.append("\(layer) has only \(found)")
        continue
      }
      let stored = [down, up, parts[.middle]].compactMap(\.self)
      for entry in stored where entry.shape.contains(0) {
        throw AdapterFileError.rankZero(entry.name, file: path)
      }
      guard stored.allSatisfy(\.dtype.isFloatingPoint) else {
        built.wrong.append("\(layer) has factors of whole numbers (\(down.dtype.rawValue))")
        continue
      }
      let shapes = FactorShapes(
        down: down.shape, up: up.shape, middle: parts[.middle]?.shape,
        geometry: names.geometry(of: layer))
      let foreign = foreignBase(layer, shapes)
      if built.base == nil { built.base = foreign }
      if let problem = shapes.problem {
        built.wrong.append("\(layer) \(problem)")
        continue
      }
      if foreign != nil {
        built.wrong.append("\(layer) takes \(shapes.input) features")
        continue
      }
      built.layers[layer] = try factors(layer, parts, shapes)
      dtypes.formUnion(stored.map(\.dtype))
    }
    built.incomplete += withoutFactors()
    built.dtypes = dtypes.sorted { ($1.size, $0.rawValue) < ($0.size, $1.rawValue) }
    return built
  }

  /// What a configuration says was trained and the file has nothing of. PEFT would go on with
  /// layers that do nothing.
  private func withoutFactors() -> [String] {
    AdapterComponent.allCases.flatMap { component -> [String] in
      let present = pieces.keys.filter { $0.component == component }
      // All layers of a network have one configuration.
      guard let any = present.first, let configuration = configurations[any] else { return [] }
      if configuration.namesTargets, !present.contains(where: configuration.isTarget) {
        return ["\(component.rawValue): \(configuration.source) names none of the file's layers"]
      }
      let layers = names.layers.filter {
        $0.component == component && pieces[$0] == nil && configuration.isTarget($0)
      }
      return layers.map { "\($0) is a target of \(configuration.source), and has no factors" }
    }
  }

  /// The adapter that the tensors make up.
  mutating func finished(allowsPartial: Bool, hash: String) throws -> AdapterFile {
    let built = try build()
    let leftOut =
      AdapterFileError.section("tensors that no layer takes", unused)
      + AdapterFileError.section("layers that lack factors", built.incomplete)
      + AdapterFileError.section("layers of another shape", built.wrong)
    if built.layers.isEmpty || !(leftOut.isEmpty || allowsPartial) {
      throw failure(built)
    }
    let withoutAlpha = kohyaLayers.filter { layer in
      built.layers[layer] != nil && configurations[layer] == nil && pieces[layer]?[.alpha] == nil
    }
    return AdapterFile(
      path: path, weights: AdapterWeights(layers: built.layers, metadata: metadata), form: form,
      alphaOrigin: alphaOrigin, layersWithoutAlpha: withoutAlpha.count, dtypes: built.dtypes,
      leftOut: leftOut, hash: hash)
  }

  /// The error of a file that does not fit.
  private func failure(_ built: Built) -> AdapterFileError {
    if let error = UnsupportedAdapter.otherBase(unused, file: path) { return error }
    if let base = built.base {
      return .otherBase(file: path, base: base.name, evidence: base.evidence)
    }
    return .mismatch(
      file: path, unused: unused, incomplete: built.incomplete, wrong: built.wrong)
  }

  /// The family that a text projection's width speaks for, where it is not this model's.
  private func foreignBase(_ layer: LayerAddress, _ shapes: FactorShapes)
    -> (name: String, evidence: String)?
  {
    guard layer.component == .unet,
      layer.name.hasSuffix(".attn2.to_k") || layer.name.hasSuffix(".attn2.to_v")
    else { return nil }
    let expected = names.geometry(of: layer)?.input ?? 768
    guard shapes.input != expected,
      let base = UnsupportedAdapter.base(ofContextWidth: shapes.input)
    else { return nil }
    let model = names.isOfModel ? "the model's takes" : "that of SD-1.x takes"
    return (base, "its \(layer) takes text states of width \(shapes.input), \(model) \(expected)")
  }

  private mutating func factors(
    _ layer: LayerAddress, _ parts: [AdapterKey.Part: TensorEntry], _ shapes: FactorShapes
  ) throws -> LowRankFactors {
    func tensor(_ part: AdapterKey.Part) throws -> Tensor? {
      guard let entry = parts[part] else { return nil }
      let tensor = try entry.tensor().to(.float32).clone()
      guard try tensor.isFinite() else {
        throw AdapterFileError.notFinite(entry.name, file: path)
      }
      return tensor
    }
    guard let down = try tensor(.down), let up = try tensor(.up) else {
      preconditionFailure("both factors were found before")
    }
    let (foldedDown, foldedUp) = try shapes.folded(down: down, up: up, middle: tensor(.middle))
    let stored = try parts[.alpha].map(alpha)
    guard let configuration = configurations[layer] else {
      if stored != nil { alphaOrigin = .tensors }
      // Zero is how trainers write that there is none.
      return LowRankFactors(down: foldedDown, up: foldedUp, alpha: stored == 0 ? nil : stored)
    }
    if let entry = parts[.alpha] {
      throw AdapterFileError.contradiction(
        file: path, "\(entry.name) and \(configuration.source) both say alpha; remove one of them")
    }
    let rank = configuration.rank(of: layer)
    guard rank == shapes.rank else {
      throw AdapterFileError.contradiction(
        file: path,
        "\(layer) has rank \(shapes.rank), and \(configuration.source) says \(rank)")
    }
    return LowRankFactors(
      down: foldedDown, up: foldedUp, alpha: configuration.alpha(of: layer),
      isRankStabilised: configuration.isRankStabilised)
  }

  private func alpha(_ entry: TensorEntry) throws -> Double {
    guard entry.count == 1 else {
      throw AdapterFileError.wrongAlpha(
        entry.name, value: "of shape \(entry.shape)", file: path)
    }
    let value = try entry.tensor().to(.float64).item()
    guard value.isFinite else {
      throw AdapterFileError.wrongAlpha(entry.name, value: "\(value)", file: path)
    }
    return value
  }
}
