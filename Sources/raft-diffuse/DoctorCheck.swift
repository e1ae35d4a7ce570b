internal import Diffusion
internal import Foundation
internal import Imaging
internal import NN
internal import Tokenization
internal import Torch

/// One thing whose right result is known.
struct DoctorCheck: Encodable {
  let name: String
  let passed: Bool

  /// How far off it is, or what went wrong.
  let detail: String

  /// The line for people.
  var text: String { "\(passed ? "pass" : "FAIL")  \(name): \(detail)" }

  /// Runs every check that this machine can run.
  ///
  /// - Parameters:
  ///   - vocabulary: CLIP's published vocabulary, if it is here.
  ///   - device: where models run unless told otherwise; it is compared with the processor in fp32.
  static func all(vocabulary: String?, device: Device) -> [DoctorCheck] {
    var checks = [
      values("noise of seed 0", noise(0), [-1.12584, -1.15236, -0.250579, -0.433879, 0.84871]),
      values("noise of seed 42", noise(42), [1.926915, 1.487284, 0.900717, -2.105521, 0.678418]),
      values("noise schedule", schedule, [0.99914998, 0.27633256, 0.00466009], tolerance: 1e-7),
    ]
    checks += goldenRuns.map { kind, expected in
      values("\(kind.rawValue), 20 steps", { try [run(kind)] }, [expected], tolerance: 1e-5)
    }
    if Machine.hasPackedKernels {
      checks += [packedLinear(.float32, 1e-5), packedConvolution(.float32, 1e-5)]
      if Machine.hasFastBFloat16 {
        checks += [packedLinear(.bfloat16, 2e-2), packedConvolution(.bfloat16, 2e-2)]
      }
    }
    let dtype = Precision.automatic.placement(on: device).dtype
    let tolerance = dtype == .float32 ? 2e-3 : 2e-2
    checks += [linear(dtype, device, tolerance), attention(dtype, device, tolerance)]
    checks.append(roundTrip)
    if let vocabulary { checks.append(tokens(vocabulary)) }
    return checks
  }

  private init(_ name: String, _ body: () throws -> (passed: Bool, detail: String)) {
    self.name = name
    do {
      (passed, detail) = try withoutGradients(body)
    } catch {
      (passed, detail) = (false, "\(error)")
    }
  }

  private static func values(
    _ name: String, _ found: () throws -> [Double], _ expected: [Double], tolerance: Double = 2e-6
  ) -> DoctorCheck {
    DoctorCheck(name) {
      let error = zip(try found(), expected).map { abs($0 - $1) }.max() ?? .infinity
      return (error <= tolerance, "off by \(String(format: "%.1e", error))")
    }
  }
}

extension DoctorCheck {
  /// The first draws of torch's generator for latents of 256 x 256.
  private static func noise(_ seed: UInt64) -> () throws -> [Double] {
    { try Array(Generator(seed: seed).normal([4, 32, 32]).floats().prefix(5)).map(Double.init) }
  }

  private static func schedule() -> [Double] {
    let signal = NoiseSchedule(.stableDiffusion).signal
    return [signal[0], signal[500], signal[999]]
  }

  /// Where diffusers 0.42's schedulers take latents of 1 when the network predicts half of what it
  /// is shown.
  private static let goldenRuns: [(SamplerKind, Double)] = [
    (.ddim, 2.501803), (.pndm, 2.380239), (.euler, 2.466173), (.dpmSolver, 2.287177),
  ]

  private static func run(_ kind: SamplerKind) throws -> Double {
    var configuration = SchedulerConfiguration.stableDiffusion
    configuration.timestepSpacing = .leading
    let sampler = try kind.sampler(configuration: configuration, steps: 20)
    let end = try sampler.run(
      from: Tensor.full([1, 4, 8, 8], 1), predict: { latents, _ in try latents * 0.5 },
      stepNoise: { _ in try Tensor.zeros([1, 4, 8, 8]) })
    return try end.mean().item()
  }

  /// TF32, which some GPUs compute fp32 products in, is within the tolerance.
  private static func linear(_ dtype: DType, _ device: Device, _ tolerance: Double) -> DoctorCheck {
    compare("linear, \(dtype.rawValue) on \(device)", tolerance) {
      let generator = try Generator(seed: 3)
      let weight = try generator.normal([320, 256]) / 16
      let bias = try generator.normal([320])
      let x = try generator.normal([77, 256])
      func there(_ tensor: Tensor) throws -> Tensor { try tensor.to(dtype, device: device) }
      return (
        try there(x).linear(there(weight), bias: there(bias)), try x.linear(weight, bias: bias)
      )
    }
  }

  private static func attention(_ dtype: DType, _ device: Device, _ tolerance: Double)
    -> DoctorCheck
  {
    compare("attention, \(dtype.rawValue) on \(device)", tolerance) {
      let generator = try Generator(seed: 4)
      let (q, k, v) = try (
        generator.normal([2, 8, 64, 40]), generator.normal([2, 8, 77, 40]),
        generator.normal([2, 8, 77, 40])
      )
      func there(_ tensor: Tensor) throws -> Tensor { try tensor.to(dtype, device: device) }
      let scale = 1 / 40.0.squareRoot()
      return (
        try Tensor.attention(there(q), there(k), there(v), scale: scale),
        try Tensor.attention(q, k, v, scale: scale)
      )
    }
  }

  private static func packedLinear(_ dtype: DType, _ tolerance: Double) -> DoctorCheck {
    compare("packed linear, \(dtype.rawValue)", tolerance) {
      let generator = try Generator(seed: 1)
      let weight = try (generator.normal([320, 256]) / 16).to(dtype)
      let bias = try generator.normal([320]).to(dtype)
      let x = try generator.normal([77, 256]).to(dtype)
      let packed = try PackedWeight.linear(packing: weight)
      return (try packed(x, bias: bias), try x.linear(weight, bias: bias))
    }
  }

  private static func packedConvolution(_ dtype: DType, _ tolerance: Double) -> DoctorCheck {
    compare("packed convolution, \(dtype.rawValue)", tolerance) {
      let generator = try Generator(seed: 2)
      let weight = try (generator.normal([64, 32, 3, 3]) / 17).to(dtype)
      let bias = try generator.normal([64]).to(dtype)
      let x = try generator.normal([2, 32, 16, 16]).to(dtype)
      let packed = try PackedWeight.convolution(packing: weight, stride: 1, padding: 1)
      return (
        try packed(x.channelsLast(), bias: bias), try x.convolution(weight, bias: bias, padding: 1)
      )
    }
  }

  /// The relative distance of what one kernel gives from what libtorch's plain one on the processor
  /// gives.
  private static func compare(
    _ name: String, _ tolerance: Double, _ body: () throws -> (found: Tensor, plain: Tensor)
  ) -> DoctorCheck {
    DoctorCheck(name) {
      let (found, plain) = try body()
      let here = try found.to(.float32, device: .cpu)
      let distance = try (here - plain.to(.float32)).norm().item()
      let error = try distance / plain.to(.float32).norm().item()
      return (error <= tolerance, "off by \(String(format: "%.1e", error)) of its length")
    }
  }

  private static var roundTrip: DoctorCheck {
    DoctorCheck("PNG") {
      let pixels = (0..<3 * 32 * 16).map { UInt8(truncatingIfNeeded: $0 &* 37) }
      let image = RGBImage(width: 32, height: 16, pixels: pixels)
      let text = PNGText(
        keyword: PNGText.parametersKeyword, text: "a red fox, ein Fuchs im Schnee ❄")
      let bytes = try PNG.encode(image, texts: [text])
      let isSame = try PNG.decode(bytes) == image && PNGText.read(bytes) == [text]
      return (isSame, isSame ? "image and text come back" : "another image or text comes back")
    }
  }

  private static func tokens(_ vocabulary: String) -> DoctorCheck {
    DoctorCheck("tokens") {
      let ids = try CLIPTokenizer(publishedVocabulary: vocabulary)
        .encode("a photograph of an astronaut riding a horse")
      return (ids == [320, 8853, 539, 550, 18376, 6765, 320, 4558], "\(ids)")
    }
  }
}
