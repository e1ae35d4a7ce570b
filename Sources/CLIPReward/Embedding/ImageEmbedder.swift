internal import Files
internal import Torch

/// The embeddings of images and prompts, each computed once: rewards on the same CLIP share one
/// embedder, and a cache keeps what earlier runs computed.
public final class ImageEmbedder {
  /// The model that embeds.
  public let model: any EmbeddingModel

  /// Images embedded at once.
  public let batchSize: Int

  private let cache: RewardCache?

  /// SHA-256 of all that an image's vector depends on besides the image, 64 hexadecimal digits.
  package let modelDigest: String

  /// The same for texts; nil until a text is embedded.
  private var textModelDigest: String?

  /// What the last call embedded, for the next reward that asks for the same images.
  private var recent: [String: Embedding] = [:]
  private var texts: [String: [Float]] = [:]

  /// - Parameters:
  ///   - model: the model.
  ///   - cache: where vectors are kept; nil for nowhere but this process's last batch.
  ///   - batchSize: images embedded at once, at least 1.
  public init(_ model: any EmbeddingModel, cache: RewardCache? = nil, batchSize: Int = 16) {
    self.model = model
    self.cache = cache
    self.batchSize = max(batchSize, 1)
    modelDigest = RewardPassport(reward: "embedding", facts: model.facts).digest
  }

  /// The vector of an image, or why it has none.
  public enum Embedding: Sendable, Equatable {
    /// L2-normalised, `D` numbers.
    case vector([Float])
    /// The image cannot be read, or its vector is not finite.
    case excluded(ExclusionReason)
  }

  /// Takes the vector of an image as known, until other images are asked for: it is neither looked
  /// up nor computed.
  ///
  /// - Parameter vector: what this embedder gave of the image before; of another width it is not
  ///   taken.
  package func remember(_ vector: [Float], of input: RewardInput) {
    guard vector.count == model.width else { return }
    recent[input.cacheKey] = .vector(vector)
  }

  /// The embeddings of `inputs`, in their order; only images that no cache knows are decoded.
  public func embeddings(of inputs: [RewardInput]) throws -> [Embedding] {
    var found: [String: Embedding] = [:]
    for input in inputs where found[input.cacheKey] == nil {
      found[input.cacheKey] = recent[input.cacheKey]
    }
    let asked = Set(inputs.map(\.cacheKey)).subtracting(found.keys)
    let stored = try cache?.embeddings(of: asked.map(Self.key), by: modelDigest, width: model.width)
    for image in asked {
      if let vector = stored?[Self.key(image)] { found[image] = .vector(vector) }
    }
    var missing: [RewardInput] = []
    var seen: Set<String> = []
    for input in inputs
    where found[input.cacheKey] == nil && seen.insert(input.cacheKey).inserted {
      missing.append(input)
    }
    var computed: [String: [Float]] = [:]
    for start in stride(from: 0, to: missing.count, by: batchSize) {
      let batch = missing[start..<min(start + batchSize, missing.count)]
      for (input, embedding) in zip(batch, try embed(Array(batch))) {
        found[input.cacheKey] = embedding
        if case .vector(let vector) = embedding { computed[Self.key(input.cacheKey)] = vector }
      }
    }
    if !computed.isEmpty { try cache?.store(embeddings: computed, by: modelDigest) }
    recent = found
    return inputs.map { found[$0.cacheKey] ?? .excluded(.failed("it was not embedded")) }
  }

  /// The vectors of `prompts`, `D` numbers each.
  public func vectors(of prompts: [String]) throws -> [String: [Float]] {
    let asked = Set(prompts).subtracting(texts.keys)
    // What long runs over many prompts gather stays small.
    if texts.count > 2048 {
      let wanted = Set(prompts)
      texts = texts.filter { wanted.contains($0.key) }
    }
    var missing = asked.sorted()
    if let cache, !missing.isEmpty {
      let keys = Dictionary(uniqueKeysWithValues: missing.map { ($0, Self.textKey($0)) })
      let stored = try cache.embeddings(
        of: Array(keys.values), by: digestForTexts(), width: model.width)
      for (text, key) in keys { texts[text] = stored[key] }
      missing.removeAll { texts[$0] != nil }
    }
    for start in stride(from: 0, to: missing.count, by: batchSize) {
      let batch = Array(missing[start..<min(start + batchSize, missing.count)])
      let values = try withoutGradients { try rows(of: model.textEmbeddings(of: batch)) }
      let computed = Dictionary(uniqueKeysWithValues: zip(batch, values))
      texts.merge(computed) { _, new in new }
      let finite = computed.filter { $0.value.allSatisfy(\.isFinite) }
      try cache?.store(
        embeddings: Dictionary(
          uniqueKeysWithValues: finite.map { (Self.textKey($0.key), $0.value) }),
        by: digestForTexts())
    }
    return texts
  }

  private func digestForTexts() throws -> String {
    if let textModelDigest { return textModelDigest }
    let facts = try model.facts.merging(model.textFacts) { _, own in own }
    let digest = RewardPassport(reward: "embedding", facts: facts).digest
    textModelDigest = digest
    return digest
  }

  /// Scores the embeddings of `inputs`; those without one keep the reason.
  ///
  /// - Parameter score: gets `F32 [B, D]` and the inputs they belong to, and gives an outcome each.
  func outcomes(
    for inputs: [RewardInput],
    score: (_ vectors: Tensor, _ inputs: [RewardInput]) throws -> [RewardOutcome]
  ) throws -> [RewardOutcome] {
    let embeddings = try embeddings(of: inputs)
    var values: [Float] = []
    var embedded: [RewardInput] = []
    for (input, embedding) in zip(inputs, embeddings) {
      guard case .vector(let vector) = embedding else { continue }
      values += vector
      embedded.append(input)
    }
    var scored: [RewardOutcome] = []
    if !embedded.isEmpty {
      scored = try withoutGradients {
        try score(Tensor(values, shape: [embedded.count, model.width]), embedded)
      }
    }
    var next = scored.makeIterator()
    return embeddings.map { embedding in
      if case .excluded(let reason) = embedding { return .excluded(reason) }
      return next.next() ?? .excluded(.failed("it was not scored"))
    }
  }

  private func embed(_ inputs: [RewardInput]) throws -> [Embedding] {
    let images = try inputs.map { input -> RewardInput.ReadImage in
      let read = try input.readImage()
      guard let image = read.image, let reason = model.refusal(of: image) else { return read }
      return .unreadable(.failed(reason))
    }
    let readable = images.compactMap(\.image)
    var rows: [[Float]] = []
    if !readable.isEmpty {
      rows = try withoutGradients { try self.rows(of: model.imageEmbeddings(of: readable)) }
    }
    var next = rows.makeIterator()
    return images.map { image in
      if case .unreadable(let reason) = image { return .excluded(reason) }
      guard let vector = next.next(), vector.allSatisfy(\.isFinite) else {
        return .excluded(.notFinite(reward: "embedding"))
      }
      return .vector(vector)
    }
  }

  private func rows(of tensor: Tensor) throws -> [[Float]] {
    let values = try tensor.to(.float32, device: .cpu).floats()
    let width = tensor.shape[1]
    return (0..<tensor.shape[0]).map { Array(values[$0 * width..<($0 + 1) * width]) }
  }

  private static func key(_ image: String) -> String { "image:\(image)" }

  private static func textKey(_ text: String) -> String { "text:\(Digest.sha256(text.utf8))" }
}
