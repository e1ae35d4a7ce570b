internal import Diffusion
internal import ExitStatuses
internal import Files
internal import Foundation
internal import NN
internal import Torch

/// What a model is and whether it works.
struct ModelReport: Encodable {
  let path: String
  let family = "SD-1.x"
  let components: [ModelInspection.Component]
  let parameters: Int
  let scheduler: String?
  let prediction: String
  let sampler: String?
  let unreadSchedulerKeys: [String]
  let precision: String
  let device: String
  let loadSeconds: Double

  /// Time to read every weight and find it finite.
  let finiteSeconds: Double

  /// Time of one evaluation of the UNet at 256 x 256 with guidance: the first, which reads and
  /// packs, and the next.
  let firstStepSeconds: Double
  let stepSeconds: Double

  enum CodingKeys: String, CodingKey {
    case path, family, components, parameters, scheduler, prediction, sampler, precision, device
    case unreadSchedulerKeys = "unread_scheduler_keys"
    case loadSeconds = "load_seconds"
    case finiteSeconds = "finite_seconds"
    case firstStepSeconds = "first_step_seconds"
    case stepSeconds = "step_seconds"
  }

  /// Loads the model, reads all of it, and evaluates its UNet twice.
  init(_ name: String, _ files: ModelFiles, on device: Device) throws {
    let location = try ModelLocation(
      resolving: name, environment: ProcessInfo.processInfo.environment)
    path = location.path
    let inspection = try ModelInspection(location, variant: files.variant)
    components = inspection.components
    let placement = Precision.automatic.placement(on: device)
    precision = placement.precisionName
    self.device = device.description
    let clock = ContinuousClock()
    var start = clock.now
    let model = try StableDiffusion(
      location, placement: placement, variant: files.variant, tokenizer: files.tokenizer)
    loadSeconds = (clock.now - start).seconds
    model.warnings.forEach(Console.warning)
    start = clock.now
    try withoutGradients { try inspection.checkFinite() }
    finiteSeconds = (clock.now - start).seconds
    parameters = model.parameterCount
    scheduler = model.scheduler.className
    prediction = model.scheduler.predictionType.rawValue
    sampler = SamplerKind(of: model.scheduler)?.rawValue
    unreadSchedulerKeys = model.scheduler.unreadKeys
    let steps = try (0..<2).map { _ in
      let start = clock.now
      try Self.step(model)
      try Machine.synchronize(device)
      return (clock.now - start).seconds
    }
    (firstStepSeconds, stepSeconds) = (steps[0], steps[1])
  }

  private static func step(_ model: StableDiffusion) throws {
    try withoutGradients {
      let generator = try Generator(seed: 0)
      let channels = model.unet.configuration.inChannels
      let device = model.placement.device
      let latents = try generator.normal([2, channels, 32, 32]).to(device: device)
      let width = model.unet.configuration.contextWidth
      let context = try model.unet.context(generator.normal([2, 77, width]))
      let timesteps = try Tensor.full([2], 500, device: device)
      let output = try model.unet(latents, timesteps: timesteps, context: context)
      guard try output.isFinite() else {
        throw CommandError(
          status: .badInput,
          description:
            "the UNet of \(model.location.path) gives NaN or infinite values; check the weights")
      }
    }
  }

  /// The report for people.
  var text: String {
    func seconds(_ value: Double) -> String { String(format: "%.2f s", value) }
    var lines = [
      ("model", "\(path), \(family)"),
      ("parameters", Self.count(parameters)),
    ]
    for component in components {
      let types = component.types.joined(separator: ", ")
      lines.append(
        (
          "  \(component.name)",
          "\(Self.count(component.parameters)) in \(component.tensors) tensors, "
            + "\(MachineReport.size(component.bytes)), \(types)"
        ))
    }
    lines += [
      ("scheduler", "\(scheduler ?? "not named"), \(prediction), sampled by \(sampler ?? "pndm")"),
      (
        "unread keys",
        unreadSchedulerKeys.isEmpty ? "none" : unreadSchedulerKeys.joined(separator: ", ")
      ),
      ("loading", seconds(loadSeconds)),
      ("all finite", "yes, read in \(seconds(finiteSeconds))"),
      (
        "UNet at 256",
        "\(seconds(stepSeconds)) a step in \(precision) on \(device), the first \(seconds(firstStepSeconds))"
      ),
    ]
    return lines.map { MachineReport.line($0, $1) }.joined(separator: "\n")
  }

  /// A number with its thousands apart.
  private static func count(_ number: Int) -> String {
    var groups: [Substring] = []
    var digits = String(number)[...]
    while digits.count > 3 {
      groups.append(digits.suffix(3))
      digits = digits.dropLast(3)
    }
    return ([digits] + groups.reversed()).joined(separator: ",")
  }
}
