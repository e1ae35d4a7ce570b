import LoRA
import NN
import TestSupport
import Testing
import Torch

@Suite("Adapters that hang in layers")
struct AttachingTests {
  /// A layer of each kind, large enough to be packed.
  enum Kind: String, CaseIterable, Sendable {
    case linear
    case pointwise
    case convolution
    case strided

    func layer(_ weights: Weights) throws -> (Tensor) throws -> Tensor {
      switch self {
      case .linear:
        let layer = try Linear(weights, from: 144, to: 128)
        return { try layer($0) }
      case .pointwise:
        return try Conv2d(weights, from: 144, to: 128, kernel: 1).callAsFunction
      case .convolution:
        return try Conv2d(weights, from: 48, to: 40, kernel: 3, padding: 1).callAsFunction
      case .strided:
        return try Conv2d(weights, from: 48, to: 40, kernel: 3, stride: 2, padding: 1)
          .callAsFunction
      }
    }

    var inputShape: [Int] {
      switch self {
      case .linear: [2, 3, 144]
      case .pointwise: [2, 144, 3, 5]
      case .convolution, .strided: [2, 48, 6, 5]
      }
    }

    func factors(seed: UInt64, rank: Int = 3, alpha: Double? = nil) throws -> LowRankFactors {
      let generator = try Generator(seed: seed)
      let tail = self == .linear ? [] : self == .pointwise ? [1, 1] : [3, 3]
      let (input, output) = self == .linear || self == .pointwise ? (144, 128) : (48, 40)
      return LowRankFactors(
        down: try generator.normal([rank, input] + tail) * 0.1,
        up: try generator.normal([output, rank] + (tail.isEmpty ? [] : [1, 1])) * 0.1,
        alpha: alpha)
    }
  }

  static let address = LayerAddress(.unet, "layer")

  private struct Case {
    let function: (Tensor) throws -> Tensor
    let targets: AdapterTargets
    let x: Tensor
  }

  private func make(_ kind: Kind, _ dtype: DType = .float32) throws -> Case {
    let weights = Weights(seed: 3, placement: Placement(dtype: dtype))["layer"]
    let function = try kind.layer(weights)
    return Case(
      function: function, targets: AdapterTargets([(.unet, weights.slots)]),
      x: try Generator(seed: 4).normal(kind.inputShape).to(dtype))
  }

  private func adapter(_ factors: LowRankFactors) -> AdapterWeights {
    AdapterWeights(layers: [Self.address: factors])
  }

  @Test(
    "apart and folded give the same result, and both are W + Σ m·s·B·A", arguments: Kind.allCases)
  func sum(_ kind: Kind) throws {
    let layer = try make(kind)
    let slot = try #require(layer.targets[Self.address])
    let (one, two) = try (kind.factors(seed: 1, alpha: 6), kind.factors(seed: 2, rank: 200))
    let adapters = [(weights: adapter(one), scale: 0.5), (weights: adapter(two), scale: -2)]
    let plain = try layer.function(layer.x)
    try layer.targets.attach(adapters, folding: false)
    let apart = try layer.function(layer.x)
    try layer.targets.attach(adapters, folding: true)
    let folded = try layer.function(layer.x)
    #expect(try relativeError(folded, apart) < 1e-5)
    #expect(try relativeError(folded, plain) > 0.01)
    // Again, in place of what hung there: nothing accumulates.
    try layer.targets.attach(adapters, folding: true)
    #expect(try layer.function(layer.x).isEqual(to: folded))
    let changed = try slot.pristineWeight() + one.weightChange() * 0.5 + two.weightChange() * -2
    let bias = try layer.function(.zeros(kind.inputShape))
    let linear = try layer.function(layer.x) - bias
    let window = slot.geometry.window
    let expected: Tensor =
      switch kind {
      case .linear: try layer.x.linear(changed)
      default:
        try layer.x.convolution(
          changed, stride: window?.stride ?? 1, padding: window?.padding ?? 0)
      }
    #expect(try relativeError(linear, expected) < 1e-5)
    layer.targets.detach()
    #expect(try layer.function(layer.x).isEqual(to: plain))
  }

  @Test(
    "an adapter with B = 0, α = 0 or multiplier 0 is the identity, bit for bit",
    arguments: Kind.allCases, [DType.float32, .bfloat16])
  func identity(_ kind: Kind, dtype: DType) throws {
    let layer = try make(kind, dtype)
    let plain = try layer.function(layer.x)
    let factors = try kind.factors(seed: 1)
    let still = LowRankFactors(down: factors.down, up: try factors.up * 0)
    let silent = LowRankFactors(down: factors.down, up: factors.up, alpha: 0)
    let silenced: [(weights: AdapterWeights, scale: Double)] = [
      (adapter(still), 1), (adapter(silent), 1), (adapter(factors), 0),
    ]
    for one in silenced {
      for folding in [false, true] {
        try layer.targets.attach([one], folding: folding)
        #expect(try layer.function(layer.x).isEqual(to: plain))
      }
    }
  }

  @Test(
    "an adapter whose training begins at B = 0 computes its branch and changes no bit",
    arguments: Kind.allCases, [DType.float32, .bfloat16])
  func beginning(_ kind: Kind, dtype: DType) throws {
    let layer = try make(kind, dtype)
    let plain = try layer.function(layer.x)
    let slot = try #require(layer.targets[Self.address])
    let factors = try kind.factors(seed: 1)
    func result(_ up: Tensor) throws -> Tensor {
      let adapter = try TrainableAdapter(
        adapter(LowRankFactors(down: factors.down, up: up)), on: layer.targets, seed: 1)
      try adapter.attach()
      defer { adapter.detach() }
      // Nothing is skipped here: the branch hangs, whatever its factors.
      #expect(!slot.isEmpty)
      return try withoutGradients { try layer.function(layer.x) }
    }
    #expect(try result(factors.up * 0).isEqual(to: plain))
    #expect(try !result(factors.up).isEqual(to: plain))
  }

  @Test("in bf16 an adapter stays apart, whatever was asked", arguments: Kind.allCases)
  func bfloat16(_ kind: Kind) throws {
    let layer = try make(kind, .bfloat16)
    let factors = try kind.factors(seed: 1)
    // Far below the weights' rounding: folded, hardly anything of it would be left.
    let small = [(weights: adapter(factors), scale: 1e-3)]
    let plain = try layer.function(layer.x)
    let slot = try #require(layer.targets[Self.address])
    try layer.targets.attach(small, folding: true)
    #expect(!slot.isEmpty)
    #expect(try !layer.function(layer.x).isEqual(to: plain))
  }

  @Test("shape errors name the layer and both shapes")
  func shapes() throws {
    let layer = try make(.linear)
    let plain = try layer.function(layer.x)
    let wrong = LowRankFactors(down: try .ones([3, 140]), up: try .ones([128, 3]))
    #expect(
      message { try layer.targets.attach([(adapter(wrong), 1)], folding: false) }
        == "the adapter's down factor for unet.layer has the shape [3, 140], but the layer's weight of [128, 144] "
        + "needs [3, 144]; the adapter is of another base")
    let ranks = LowRankFactors(down: try .ones([3, 144]), up: try .ones([128, 2]))
    #expect(
      message { try layer.targets.attach([(adapter(ranks), 1)], folding: false) }
        == "the adapter's up factor for unet.layer has the shape [128, 2], but the layer's weight of [128, 144] "
        + "needs [128, 3]; the adapter is of another base")
    let other = AdapterWeights(layers: [LayerAddress(.textEncoder, "q"): wrong])
    #expect(
      message { try layer.targets.attach([(other, 1)], folding: false) }
        == "the model has no layer text_encoder.q, which the adapter is for; the adapter is of another base"
    )
    let broken = LowRankFactors(down: try .full([3, 144], .nan), up: try .ones([128, 3]))
    #expect(
      message { try layer.targets.attach([(adapter(broken), 1)], folding: false) }
        == "the adapter's factors for unet.layer hold an infinity or a NaN; the file is damaged or its training diverged"
    )
    #expect(try layer.function(layer.x).isEqual(to: plain))
  }
}
